import { Delete, Get, HttpCode } from '@nestjs/common';
import type { Client } from '../core/clients/client.js';
import { AuthenticationController } from '../http/routes/authentication-controller.js';
import { CurrentClient, IdParameter } from '../http/routes/parameters.js';
import { Authenticated } from './authenticated.js';
import { CurrentSession } from './authentication.guard.js';
import type { Caller } from './caller.js';
import { SessionAnswers } from './session-answers.js';
import type { SessionView } from './session.view.js';
import { EndAllSessionsDocs, EndSessionDocs, ListSessionsDocs, ShowSessionDocs } from './sessions.openapi.js';
import { SessionsService } from './sessions.service.js';

@AuthenticationController('sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly answers: SessionAnswers,
  ) {}

  @Get()
  @ListSessionsDocs()
  @Authenticated()
  async list(@CurrentSession() { user, session }: Caller): Promise<SessionView[]> {
    return (await this.sessions.listFor(user)).map((listed) => this.answers.show(listed, session));
  }

  @Get(':id')
  @ShowSessionDocs()
  @Authenticated()
  async show(
    @IdParameter('id') id: number,
    @CurrentSession() { user, session }: Caller,
  ): Promise<SessionView> {
    return this.answers.show(await this.sessions.find(user, id), session);
  }

  @Delete()
  @EndAllSessionsDocs()
  @HttpCode(204)
  @Authenticated()
  removeAll(@CurrentSession() caller: Caller, @CurrentClient() client: Client): Promise<void> {
    return this.sessions.endAll(caller, client);
  }

  @Delete(':id')
  @EndSessionDocs()
  @HttpCode(204)
  @Authenticated()
  remove(
    @IdParameter('id') id: number,
    @CurrentSession() caller: Caller,
    @CurrentClient() client: Client,
  ): Promise<void> {
    return this.sessions.end(caller, id, client);
  }
}
