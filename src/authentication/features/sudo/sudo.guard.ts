import {
  applyDecorators,
  Injectable,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Problem } from '../../core/problems/problem.js';
import { AuthenticationGuard, currentSessionOf } from '../../sessions/authentication.guard.js';
import { SudoService } from './sudo.service.js';

export class SudoRequired extends Problem {
  constructor() {
    super(403, 'sudo_required', 'Sudo required', 'Confirm your password first: POST /sessions/sudo.');
  }
}

/** Requires a fresh session. Runs after `AuthenticationGuard`. */
@Injectable()
export class SudoGuard implements CanActivate {
  constructor(private readonly sudo: SudoService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const caller = currentSessionOf(context);
    if (caller === undefined || !(await this.sudo.isFresh(caller))) throw new SudoRequired();
    return true;
  }
}

/** For your own routes that a session left open or stolen must not reach: requires a fresh session. */
export function RequireSudo(): MethodDecorator & ClassDecorator {
  return applyDecorators(UseGuards(AuthenticationGuard, SudoGuard));
}
