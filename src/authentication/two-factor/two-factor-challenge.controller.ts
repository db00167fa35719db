import { Post, Res } from '@nestjs/common';
import type { Realm } from '../realms/realm.js';
import { AuthenticationController } from '../requests/authentication-controller.js';
import { JsonBody } from '../requests/body.pipe.js';
import type { Client } from '../requests/client.js';
import type { HttpResponse } from '../requests/http.js';
import { CurrentClient, CurrentRealm } from '../requests/parameters.js';
import { SessionAnswers } from '../sessions/session-answers.js';
import type { SessionView } from '../sessions/session.view.js';
import { Throttled } from '../throttling/throttle.guard.js';
import { AnswerChallengeDto } from './dto/two-factor.dto.js';
import { AnswerWithRecoveryCodeDocs, AnswerWithTotpDocs } from './two-factor-challenge.openapi.js';
import { TwoFactorChallengeService } from './two-factor-challenge.service.js';

@AuthenticationController('two_factor_authentication/challenge')
export class TwoFactorChallengeController {
  constructor(
    private readonly challenge: TwoFactorChallengeService,
    private readonly answers: SessionAnswers,
  ) {}

  @Post('totp')
  @AnswerWithTotpDocs()
  @Throttled('token')
  async createWithTotp(
    @JsonBody() body: AnswerChallengeDto,
    @CurrentRealm() realm: Realm,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<SessionView> {
    return this.answers.started(await this.challenge.withTotp(body, realm, client), response);
  }

  @Post('recovery_codes')
  @AnswerWithRecoveryCodeDocs()
  @Throttled('token')
  async createWithRecoveryCode(
    @JsonBody() body: AnswerChallengeDto,
    @CurrentRealm() realm: Realm,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<SessionView> {
    return this.answers.started(await this.challenge.withRecoveryCode(body, realm, client), response);
  }
}
