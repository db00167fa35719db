import { Post, Res } from '@nestjs/common';
import type { Client } from '../core/clients/client.js';
import type { Realm } from '../core/realms/realm.js';
import { JsonBody } from '../http/body/body.pipe.js';
import type { HttpResponse } from '../http/request/http.js';
import { AuthenticationController } from '../http/routes/authentication-controller.js';
import { CurrentClient, CurrentRealm } from '../http/routes/parameters.js';
import { Throttled } from '../http/throttling/throttle.guard.js';
import { SignInDto } from './dto/sign-in.dto.js';
import { PasswordSignIn } from './password-sign-in.js';
import { SessionAnswers } from './session-answers.js';
import type { SessionView } from './session.view.js';
import { SignInDocs } from './sign-in.openapi.js';

@AuthenticationController('sign_in')
export class SignInController {
  constructor(
    private readonly signIn: PasswordSignIn,
    private readonly answers: SessionAnswers,
  ) {}

  @Post()
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
}
