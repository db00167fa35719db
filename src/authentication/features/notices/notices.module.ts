import { Module } from '@nestjs/common';
import { MailModule } from '../../core/mail/mail.module.js';
import { IdentityModule } from '../../identity/identity.module.js';
import { DenialsService } from './denials.service.js';
import { KnownDevices } from './known-devices.js';
import { CreateNotices1795000500000 } from './migrations/1795000500000-create-notices.js';
import { KeepSessionsOfNotices1795001300000 } from './migrations/1795001300000-keep-sessions-of-notices.js';
import { NewDeviceListener } from './new-device.listener.js';
import { NoticePageController } from './notice-page.controller.js';
import { SignInNoticeMail } from './sign-in-notice.mail.js';
import { SignInNotices } from './sign-in-notices.js';

@Module({
  imports: [IdentityModule, MailModule],
  controllers: [NoticePageController],
  providers: [DenialsService, KnownDevices, NewDeviceListener, SignInNoticeMail, SignInNotices],
})
export class NoticesModule {
  static readonly migrations = [CreateNotices1795000500000, KeepSessionsOfNotices1795001300000];
}
