import { HttpCode, Post, Put, Res } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { JsonBody } from '../../http/body/body.pipe.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import type { HttpResponse } from '../../http/request/http.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { ChosenRealm, CurrentClient } from '../../http/routes/parameters.js';
import { Throttled } from '../../http/throttling/throttle.guard.js';
import { SessionAnswers } from '../../sessions/session-answers.js';
import type { SessionView } from '../../sessions/session.view.js';
import { mailedProofOf, SendPasswordlessDto, SignInPasswordlessDto } from './dto/passwordless.dto.js';
import { SendPasswordlessDocs, SignInPasswordlessDocs } from './passwordless.openapi.js';
import { PasswordlessService } from './passwordless.service.js';

@AuthenticationController('sessions/passwordless')
export class PasswordlessController {
  constructor(
    private readonly passwordless: PasswordlessService,
    private readonly answers: SessionAnswers,
  ) {}

  @Post()
  @SendPasswordlessDocs()
  @HttpCode(204)
  @Throttled('mail')
  create(
    @JsonBody() { email }: SendPasswordlessDto,
    @ChosenRealm() { realm }: RealmOfRequest,
    @CurrentClient() client: Client,
  ): Promise<void> {
    return this.passwordless.send(email, realm, client);
  }

  @Put()
  @SignInPasswordlessDocs()
  @HttpCode(201)
  @Throttled('token')
  async update(
    @JsonBody() body: SignInPasswordlessDto,
    @ChosenRealm() realm: RealmOfRequest,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<SessionView> {
    const started = await this.passwordless.signIn(mailedProofOf(body), realm, client);
    return this.answers.started(started, response);
  }
}
