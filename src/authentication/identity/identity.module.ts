import { Module } from '@nestjs/common';
import { MailModule } from '../core/mail/mail.module.js';
import { EmailVerificationPageController } from './email-verification/email-verification-page.controller.js';
import { EmailVerificationController } from './email-verification/email-verification.controller.js';
import { EmailVerificationMail } from './email-verification/email-verification.mail.js';
import { EmailVerificationService } from './email-verification/email-verification.service.js';
import { AddressReversals } from './email/address-reversals.js';
import { AlreadyRegisteredMail } from './email/already-registered.mail.js';
import { EmailChangeRequestedMail } from './email/email-change-requested.mail.js';
import { EmailReversalPageController } from './email/email-reversal-page.controller.js';
import { EmailReversalService } from './email/email-reversal.service.js';
import { EmailReversals } from './email/email-reversals.js';
import { EmailController } from './email/email.controller.js';
import { EmailService } from './email/email.service.js';
import { TakenAddresses } from './email/taken-addresses.js';
import { PasswordResetPageController } from './password-reset/password-reset-page.controller.js';
import { PasswordResetController } from './password-reset/password-reset.controller.js';
import { PasswordResetMail } from './password-reset/password-reset.mail.js';
import { PasswordResetService } from './password-reset/password-reset.service.js';

/** Exports `AddressReversals`, which gives an account back to its owner, and `TakenAddresses`. */
@Module({
  imports: [MailModule],
  controllers: [
    EmailController,
    EmailReversalPageController,
    EmailVerificationController,
    EmailVerificationPageController,
    PasswordResetController,
    PasswordResetPageController,
  ],
  providers: [
    AddressReversals,
    AlreadyRegisteredMail,
    EmailChangeRequestedMail,
    EmailReversals,
    EmailReversalService,
    EmailService,
    EmailVerificationMail,
    EmailVerificationService,
    PasswordResetMail,
    PasswordResetService,
    TakenAddresses,
  ],
  exports: [AddressReversals, TakenAddresses],
})
export class IdentityModule {}
