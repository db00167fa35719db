import { Delete, Get, HttpCode, Post, Res } from '@nestjs/common';
import type { Client } from '../core/clients/client.js';
import type { Realm } from '../core/realms/realm.js';
import { JsonBody } from '../http/body/body.pipe.js';
import type { HttpResponse } from '../http/request/http.js';
import { AuthenticationController } from '../http/routes/authentication-controller.js';
import { CurrentClient, CurrentRealm, IdParameter } from '../http/routes/parameters.js';
import { Throttled } from '../http/throttling/throttle.guard.js';
import { Authenticated } from './authenticated.js';
import { CurrentSession } from './authentication.guard.js';
import type { Caller } from './caller.js';
import { SignInDto } from './dto/sign-in.dto.js';
import { PasswordSignIn } from './password-sign-in.js';
import { SessionAnswers } from './session-answers.js';
import type { SessionView } from './session.view.js';
import {
  EndAllSessionsDocs,
  EndSessionDocs,
  ListSessionsDocs,
  ShowSessionDocs,
  SignInDocs,
} from './sessions.openapi.js';
import { SessionsService } from './sessions.service.js';

@AuthenticationController()
export class SessionsController {
  constructor(
    private readonly signIn: PasswordSignIn,
    private readonly sessions: SessionsService,
    private readonly answers: SessionAnswers,
  ) {}

  @Post('sign_in')
  @SignInDocs()
  @Throttled('sign_in')
  async create(
    @JsonBody() body: SignInDto,
    @CurrentRealm() realm: Realm,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<SessionView> {
    return this.answers.started(await this.signIn.start(body, realm, client), response);
  }

  @Get('sessions')
  @ListSessionsDocs()
  @Authenticated()
  async list(@CurrentSession() { user, session }: Caller): Promise<SessionView[]> {
    return (await this.sessions.listFor(user)).map((listed) => this.answers.show(listed, session));
  }

  @Get('sessions/:id')
  @ShowSessionDocs()
  @Authenticated()
  async show(
    @IdParameter('id') id: number,
    @CurrentSession() { user, session }: Caller,
  ): Promise<SessionView> {
    return this.answers.show(await this.sessions.find(user, id), session);
  }

  @Delete('sessions')
  @EndAllSessionsDocs()
  @HttpCode(204)
  @Authenticated()
  removeAll(@CurrentSession() caller: Caller, @CurrentClient() client: Client): Promise<void> {
    return this.sessions.endAll(caller, client);
  }

  @Delete('sessions/:id')
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
