import { Module } from '@nestjs/common';
import { SETTINGS } from '../settings/settings.js';
import { MailBacklog } from './mail-backlog.js';
import { MailComposer } from './mail-composer.js';
import { MailLimits } from './mail-limits.js';
import { MailMessages } from './mail-messages.js';
import { MailQueue } from './mail-queue.js';
import { mailTransport, OWN_MAIL_TRANSPORT } from './mail-transport.js';
import { MailWorker } from './mail-worker.js';
import { MailTransport } from './mail.js';

@Module({
  providers: [
    MailBacklog,
    MailComposer,
    MailLimits,
    MailMessages,
    MailQueue,
    MailWorker,
    { provide: MailTransport, inject: [SETTINGS, OWN_MAIL_TRANSPORT], useFactory: mailTransport },
  ],
  exports: [MailBacklog, MailLimits, MailMessages, MailQueue, MailTransport],
})
export class MailModule {}
