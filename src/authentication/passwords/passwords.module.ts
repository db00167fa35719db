import { Global, Module } from '@nestjs/common';
import { MailModule } from '../core/mail/mail.module.js';
import { CurrentPassword } from './current-password.js';
import { PasswordChangedMail } from './password-changed.mail.js';
import { PasswordsController } from './passwords.controller.js';
import { PasswordsService } from './passwords.service.js';

/** Exports the proof that a change wants: `current_password`. */
@Global()
@Module({
  imports: [MailModule],
  controllers: [PasswordsController],
  providers: [CurrentPassword, PasswordChangedMail, PasswordsService],
  exports: [CurrentPassword],
})
export class PasswordsModule {}
