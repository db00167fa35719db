import { Module } from '@nestjs/common';
import { MailModule } from '../core/mail/mail.module.js';
import { EmailVerificationPageController } from './email-verification/email-verification-page.controller.js';
import { EmailVerificationController } from './email-verification/email-verification.controller.js';
import { EmailVerificationMail } from './email-verification/email-verification.mail.js';
import { EmailVerificationService } from './email-verification/email-verification.service.js';
import { AlreadyRegisteredMail } from './email/already-registered.mail.js';
import { EmailChangeRequestedMail } from './email/email-change-requested.mail.js';
import { EmailController } from './email/email.controller.js';
import { EmailService } from './email/email.service.js';
import { PasswordResetPageController } from './password-reset/password-reset-page.controller.js';
import { PasswordResetController } from './password-reset/password-reset.controller.js';
import { PasswordResetMail } from './password-reset/password-reset.mail.js';
import { PasswordResetService } from './password-reset/password-reset.service.js';

@Module({
  imports: [MailModule],
  controllers: [
    EmailController,
    EmailVerificationController,
    EmailVerificationPageController,
    PasswordResetController,
    PasswordResetPageController,
  ],
  providers: [
    AlreadyRegisteredMail,
    EmailChangeRequestedMail,
    EmailService,
    EmailVerificationMail,
    EmailVerificationService,
    PasswordResetMail,
    PasswordResetService,
  ],
})
export class IdentityModule {}
