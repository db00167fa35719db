import { Module } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { MailModule } from '../../core/mail/mail.module.js';
import { addProblem } from '../../http/openapi/document.js';
import { CodeAttempts } from './code-attempts.js';
import { FactorChanges } from './factor-changes.js';
import { CreateTwoFactor1795000200000 } from './migrations/1795000200000-create-two-factor.js';
import { AddIssuingSessionToFactors1795001200000 } from './migrations/1795001200000-add-issuing-session-to-factors.js';
import { RecoveryCodesController } from './recovery-codes.controller.js';
import { RecoveryCodes } from './recovery-codes.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { SecondFactors } from './second-factors.js';
import { TotpCodes } from './totp-codes.js';
import { TotpSecret } from './totp-secret.entity.js';
import { TotpRemoval } from './totp-removal.service.js';
import { TotpSetUpController } from './totp-set-up.controller.js';
import { TotpController } from './totp.controller.js';
import { TotpService } from './totp.service.js';
import { TwoFactorChallengeController } from './two-factor-challenge.controller.js';
import { TwoFactorChallengeService } from './two-factor-challenge.service.js';
import { TwoFactorChallenges } from './two-factor-challenges.js';
import { TwoFactorChangedMail } from './two-factor-changed.mail.js';
import { TwoFactorNews } from './two-factor-news.js';
import { METHODS } from './two-factor-problems.js';
import { WrongCodesMail } from './wrong-codes.mail.js';

@Module({
  imports: [MailModule],
  controllers: [TotpSetUpController, TotpController, RecoveryCodesController, TwoFactorChallengeController],
  providers: [
    CodeAttempts,
    FactorChanges,
    RecoveryCodes,
    RecoveryCodesService,
    SecondFactors,
    TotpCodes,
    TotpRemoval,
    TotpService,
    TwoFactorChallenges,
    TwoFactorChallengeService,
    TwoFactorChangedMail,
    TwoFactorNews,
    WrongCodesMail,
  ],
})
export class TwoFactorModule {
  static readonly entities = [TotpSecret];
  static readonly migrations = [CreateTwoFactor1795000200000, AddIssuingSessionToFactors1795001200000];

  /** Every route that starts a session may answer with a challenge instead. */
  static describe(document: OpenAPIObject): void {
    addProblem(document, 'sign_ins', 401, 'second_factor_required', {
      challenge: {
        type: 'object',
        properties: {
          token: { type: 'string' },
          methods: { type: 'array', items: { type: 'string', enum: METHODS } },
          expires_at: { type: 'string', format: 'date-time' },
        },
        required: ['token', 'methods', 'expires_at'],
        additionalProperties: false,
      },
    });
  }
}
