import { Module } from '@nestjs/common';
import { SETTINGS } from '../settings/settings.js';
import { MailBacklog } from './mail-backlog.js';
import { MailComposer } from './mail-composer.js';
import { MailDelivery } from './mail-delivery.js';
import { MailJobs } from './mail-jobs.js';
import { MailLimits } from './mail-limits.js';
import { MailMessages } from './mail-messages.js';
import { MailList } from './mail-list.js';
import { MailQueue } from './mail-queue.js';
import { mailTransport, OWN_MAIL_TRANSPORT } from './mail-transport.js';
import { MailWorker } from './mail-worker.js';
import { MailTransport } from './mail.js';
import { QueueOutage } from './queue-outage.js';
import { Reservations } from './reservations.js';

@Module({
  providers: [
    MailBacklog,
    MailComposer,
    MailDelivery,
    MailJobs,
    MailLimits,
    MailList,
    MailMessages,
    MailQueue,
    MailWorker,
    QueueOutage,
    Reservations,
    { provide: MailTransport, inject: [SETTINGS, OWN_MAIL_TRANSPORT], useFactory: mailTransport },
  ],
  exports: [MailBacklog, MailLimits, MailList, MailMessages, MailQueue, MailTransport],
})
export class MailModule {}
