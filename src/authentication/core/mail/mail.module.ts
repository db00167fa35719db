import { Module } from '@nestjs/common';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { SETTINGS } from '../settings/settings.module.js';
import { DevelopmentMailbox } from './development-mailbox.js';
import { MailComposer } from './mail-composer.js';
import { MailMessages } from './mail-messages.js';
import { MailQueue } from './mail-queue.js';
import { MailWorker } from './mail-worker.js';
import { MailTransport } from './mail.js';
import { SmtpTransport } from './smtp-transport.js';

@Module({
  providers: [
    MailComposer,
    MailMessages,
    MailQueue,
    MailWorker,
    {
      provide: MailTransport,
      inject: [SETTINGS],
      useFactory: ({ smtpUrl, mailFrom }: AuthenticationSettings) =>
        smtpUrl === null ? new DevelopmentMailbox() : new SmtpTransport(smtpUrl, mailFrom),
    },
  ],
  exports: [MailMessages, MailQueue, MailTransport],
})
export class MailModule {}
