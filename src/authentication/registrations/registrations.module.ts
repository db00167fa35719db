import { Module } from '@nestjs/common';
import { MailModule } from '../core/mail/mail.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { MeController } from './me.controller.js';
import { RegistrationsController } from './registrations.controller.js';
import { RegistrationsService } from './registrations.service.js';

@Module({
  imports: [IdentityModule, MailModule],
  controllers: [RegistrationsController, MeController],
  providers: [RegistrationsService],
})
export class RegistrationsModule {}
