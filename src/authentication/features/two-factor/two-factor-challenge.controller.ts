import { Post, Res } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import type { Realm } from '../../core/realms/realm.js';
import { JsonBody } from '../../http/body/body.pipe.js';
import type { HttpResponse } from '../../http/request/http.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { CurrentClient, CurrentRealm } from '../../http/routes/parameters.js';
import { Throttled } from '../../http/throttling/throttle.guard.js';
import { SessionAnswers } from '../../sessions/session-answers.js';
import type { SessionView } from '../../sessions/session.view.js';
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
