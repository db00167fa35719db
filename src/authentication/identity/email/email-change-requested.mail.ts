import { Injectable } from '@nestjs/common';
import type { MailJob } from '../../core/mail/mail-job.js';
import { RegisteredMail } from '../../core/mail/mail-messages.js';
import type { MailContent } from '../../core/mail/mail.js';
import { originOf } from '../../core/mail/mail-origin.js';
import type { Realm } from '../../core/realms/realm.js';
import { identityEn } from '../identity.en.js';

export const EMAIL_CHANGE_REQUESTED_MAIL = 'email_change_requested';

/** Notifies the old address of a requested change, and names the new address (OWASP ASVS 6.3.7). */
@Injectable()
export class EmailChangeRequestedMail extends RegisteredMail {
  readonly name = EMAIL_CHANGE_REQUESTED_MAIL;
  override readonly limit = 'notice';
  override readonly recovers = true;

  compose(job: MailJob, { name: app }: Realm): MailContent {
    const text = this.texts.of(identityEn, job.locale);
    const change = { app, email: job.address, new_email: job.facts?.['new_email'] ?? '' };
    return {
      subject: text('email_change_requested.mail.subject', { app }),
      paragraphs: [
        text('email_change_requested.mail.text', change),
        text('email_change_requested.mail.until'),
      ],
      notes: [originOf(job, this.texts), text('email_change_requested.mail.not_you')],
    };
  }
}
