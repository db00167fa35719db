import { Module } from '@nestjs/common';
import { MailModule } from '../../core/mail/mail.module.js';
import { AddressProof } from './address-proof.js';
import { CodeSignIn } from './code-sign-in.js';
import { CreatePasswordless1795000300000 } from './migrations/1795000300000-create-passwordless.js';
import { CountFailuresByAddress1795001460000 } from './migrations/1795001460000-count-failures-by-address.js';
import { PasswordlessLink } from './passwordless-link.js';
import { PasswordlessPageController } from './passwordless-page.controller.js';
import { PasswordlessController } from './passwordless.controller.js';
import { PasswordlessMail } from './passwordless.mail.js';
import { PasswordlessService } from './passwordless.service.js';
import { SignInCodes } from './sign-in-codes.js';

@Module({
  imports: [MailModule],
  controllers: [PasswordlessController, PasswordlessPageController],
  providers: [AddressProof, CodeSignIn, PasswordlessLink, PasswordlessMail, PasswordlessService, SignInCodes],
})
export class PasswordlessModule {
  static readonly migrations = [CreatePasswordless1795000300000, CountFailuresByAddress1795001460000];
}
