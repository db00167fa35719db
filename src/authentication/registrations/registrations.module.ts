import { Module } from '@nestjs/common';
import { MailModule } from '../core/mail/mail.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { ConcealedSignUp } from './concealed-sign-up.js';
import { MeController } from './me.controller.js';
import { NewUsers } from './new-users.js';
import { RegistrationsController } from './registrations.controller.js';
import { RegistrationsService } from './registrations.service.js';

@Module({
  imports: [IdentityModule, MailModule],
  controllers: [RegistrationsController, MeController],
  providers: [ConcealedSignUp, NewUsers, RegistrationsService],
})
export class RegistrationsModule {}
