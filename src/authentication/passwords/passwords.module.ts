import { Global, Module } from '@nestjs/common';
import { MailModule } from '../core/mail/mail.module.js';
import { CurrentPassword } from './current-password.js';
import { PasswordChangedMail } from './password-changed.mail.js';
import { PasswordsController } from './passwords.controller.js';
import { PasswordsService } from './passwords.service.js';

/** Exports `CurrentPassword`, which checks the `current_password` that changes require. */
@Global()
@Module({
  imports: [MailModule],
  controllers: [PasswordsController],
  providers: [CurrentPassword, PasswordChangedMail, PasswordsService],
  exports: [CurrentPassword],
})
export class PasswordsModule {}
