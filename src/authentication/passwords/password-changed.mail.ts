import { Injectable } from '@nestjs/common';
import type { MailJob } from '../core/mail/mail-job.js';
import { RegisteredMail } from '../core/mail/mail-messages.js';
import { PASSWORD_CHANGED_MAIL } from '../core/mail/mail-names.js';
import { originOf } from '../core/mail/mail-origin.js';
import type { MailContent } from '../core/mail/mail.js';
import type { Realm } from '../core/realms/realm.js';
import { passwordsEn } from './passwords.en.js';

/** Notifies the user of a changed password (OWASP ASVS 6.3.7). */
@Injectable()
export class PasswordChangedMail extends RegisteredMail {
  readonly name = PASSWORD_CHANGED_MAIL;
  override readonly limit = 'notice';

  compose(job: MailJob, { name: app }: Realm): MailContent {
    const text = this.texts.of(passwordsEn, job.locale);
    return {
      subject: text('password_changed.mail.subject', { app }),
      paragraphs: [text('password_changed.mail.text', { app, email: job.address })],
      notes: [originOf(job, this.texts), text('password_changed.mail.not_you')],
    };
  }
}
