import { HttpCode, Post, Res } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { JsonBody } from '../../http/body/body.pipe.js';
import type { HttpResponse } from '../../http/request/http.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { CurrentClient } from '../../http/routes/parameters.js';
import { Authenticated } from '../../sessions/authenticated.js';
import { CurrentSession } from '../../sessions/authentication.guard.js';
import type { Caller } from '../../sessions/caller.js';
import { SessionAnswers } from '../../sessions/session-answers.js';
import { EnterSudoDto } from './dto/enter-sudo.dto.js';
import { EnterSudoDocs } from './sudo.openapi.js';
import { SudoService } from './sudo.service.js';

@AuthenticationController('sessions/sudo')
@Authenticated()
export class SudoController {
  constructor(
    private readonly sudo: SudoService,
    private readonly answers: SessionAnswers,
  ) {}

  @Post()
  @EnterSudoDocs()
  @HttpCode(204)
  async create(
    @JsonBody() body: EnterSudoDto,
    @CurrentSession() caller: Caller,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<void> {
    const { token } = await this.sudo.enter(caller, body.current_password, client);
    this.answers.bear(token, response);
  }
}
