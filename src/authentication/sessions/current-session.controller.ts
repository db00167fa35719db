import { Delete, Get, HttpCode, Post, Res } from '@nestjs/common';
import type { Client } from '../core/clients/client.js';
import type { HttpResponse } from '../http/request/http.js';
import { AuthenticationController } from '../http/routes/authentication-controller.js';
import { CurrentClient } from '../http/routes/parameters.js';
import { Authenticated } from './authenticated.js';
import { CurrentSession } from './authentication.guard.js';
import type { Caller } from './caller.js';
import {
  EndOtherSessionsDocs,
  RenewSessionDocs,
  ShowCurrentSessionDocs,
  SignOutDocs,
} from './current-session.openapi.js';
import { SessionAnswers } from './session-answers.js';
import type { SessionView } from './session.view.js';
import { SessionsService } from './sessions.service.js';

/** The caller's own session, as `sessions/current`. Registered before `sessions/:id`, which would match it too. */
@AuthenticationController('sessions')
@Authenticated()
export class CurrentSessionController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly answers: SessionAnswers,
  ) {}

  @Get('current')
  @ShowCurrentSessionDocs()
  show(@CurrentSession() { session }: Caller): SessionView {
    return this.answers.show(session, session);
  }

  @Post('current/renewal')
  @RenewSessionDocs()
  async renew(
    @CurrentSession() caller: Caller,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<SessionView> {
    return this.answers.started(await this.sessions.renew(caller, client), response);
  }

  @Delete('current')
  @SignOutDocs()
  @HttpCode(204)
  remove(@CurrentSession() caller: Caller, @CurrentClient() client: Client): Promise<void> {
    return this.sessions.end(caller, caller.session.id, client);
  }

  @Delete('others')
  @EndOtherSessionsDocs()
  @HttpCode(204)
  removeOthers(@CurrentSession() caller: Caller, @CurrentClient() client: Client): Promise<void> {
    return this.sessions.endOthers(caller, client);
  }
}
