import { Global, Module } from '@nestjs/common';
import { CreateSudo1795000100000 } from './migrations/1795000100000-create-sudo.js';
import { SudoController } from './sudo.controller.js';
import { SudoGuard } from './sudo.guard.js';
import { SudoService } from './sudo.service.js';

/** Global, so that `@RequireSudo()` works in any module of yours. */
@Global()
@Module({
  controllers: [SudoController],
  providers: [SudoGuard, SudoService],
  exports: [SudoGuard, SudoService],
})
export class SudoModule {
  static readonly migrations = [CreateSudo1795000100000];
}
