import { Module } from '@nestjs/common';
import { MailModule } from '../core/mail/mail.module.js';
import { AccountRemoval } from './account-removal.js';
import { EmailDenialController } from './email-verification/email-denial.controller.js';
import { EmailDenialService } from './email-verification/email-denial.service.js';
import { EmailVerificationPageController } from './email-verification/email-verification-page.controller.js';
import { EmailVerificationController } from './email-verification/email-verification.controller.js';
import { EmailVerificationMail } from './email-verification/email-verification.mail.js';
import { EmailVerificationRequests } from './email-verification/email-verification-requests.js';
import { EmailVerificationService } from './email-verification/email-verification.service.js';
import { VerificationLinks } from './email-verification/verification-links.js';
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

/** Exports what other folders need to register users, delete them, and give them their account back. */
@Module({
  imports: [MailModule],
  controllers: [
    EmailController,
    EmailDenialController,
    EmailReversalPageController,
    EmailVerificationController,
    EmailVerificationPageController,
    PasswordResetController,
    PasswordResetPageController,
  ],
  providers: [
    AccountRemoval,
    AddressReversals,
    AlreadyRegisteredMail,
    EmailChangeRequestedMail,
    EmailDenialService,
    EmailReversals,
    EmailReversalService,
    EmailService,
    EmailVerificationMail,
    EmailVerificationRequests,
    EmailVerificationService,
    PasswordResetMail,
    PasswordResetService,
    TakenAddresses,
    VerificationLinks,
  ],
  exports: [AccountRemoval, AddressReversals, EmailVerificationRequests, TakenAddresses],
})
export class IdentityModule {}
