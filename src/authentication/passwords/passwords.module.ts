import { Module } from '@nestjs/common';
import { MailModule } from '../core/mail/mail.module.js';
import { PasswordChangedMail } from './password-changed.mail.js';
import { PasswordsController } from './passwords.controller.js';
import { PasswordsService } from './passwords.service.js';

@Module({
  imports: [MailModule],
  controllers: [PasswordsController],
  providers: [PasswordChangedMail, PasswordsService],
})
export class PasswordsModule {}
