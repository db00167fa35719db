import { Module } from '@nestjs/common';
import { MailModule } from '../../core/mail/mail.module.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeys } from './api-keys.service.js';
import { ApplicationRealms } from './application-realms.js';
import { ApplicationController } from './application.controller.js';
import { ApplicationsController } from './applications.controller.js';
import { describeKeys } from './applications.openapi.js';
import { ApplicationsService } from './applications.service.js';
import { API_KEY, CLIENT_ADDRESS, CLIENT_USER_AGENT } from './end-user.js';
import { FormerUsers } from './former-users.js';
import { CreateApplications1795000800000 } from './migrations/1795000800000-create-applications.js';
import { AddIssuingSessionToApiKeys1795001450000 } from './migrations/1795001450000-add-issuing-session-to-api-keys.js';
import { OwnerGuard } from './owner.guard.js';

@Module({
  imports: [MailModule],
  controllers: [ApiKeysController, ApplicationsController, ApplicationController],
  providers: [ApiKeys, ApplicationRealms, ApplicationsService, FormerUsers, OwnerGuard],
})
export class ApplicationsModule {
  static readonly migrations = [CreateApplications1795000800000, AddIssuingSessionToApiKeys1795001450000];

  static readonly requestHeaders = [API_KEY, CLIENT_ADDRESS, CLIENT_USER_AGENT];

  static readonly describe = describeKeys;
}
