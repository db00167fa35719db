import { Logger } from '@nestjs/common';
import { MailTransport, type Mail } from './mail.js';

const KEPT = 200;

export interface KeptMail extends Mail {
  readonly sent_at: string;
}

/** Keeps mails for the developer instead of sending them. */
export class DevelopmentMailbox extends MailTransport {
  private readonly logger = new Logger(DevelopmentMailbox.name);
  private mails: readonly KeptMail[] = [];

  send(mail: Mail): Promise<void> {
    this.mails = [{ ...mail, sent_at: new Date().toISOString() }, ...this.mails].slice(0, KEPT);
    this.logger.log({ event: 'mail_kept', subject: mail.subject });
    return Promise.resolve();
  }

  /** Newest first. */
  list(): readonly KeptMail[] {
    return this.mails;
  }
}
