import { Injectable } from '@nestjs/common';
import { originOf, type MailJob } from '../core/mail/mail-job.js';
import { RegisteredMail } from '../core/mail/mail-messages.js';
import { PASSWORD_CHANGED_MAIL } from '../core/mail/mail-names.js';
import type { MailContent } from '../core/mail/mail.js';
import type { Realm } from '../core/realms/realm.js';

/** The notice to the owner (OWASP ASVS 6.3.7). */
@Injectable()
export class PasswordChangedMail extends RegisteredMail {
  readonly name = PASSWORD_CHANGED_MAIL;

  compose(job: MailJob, { name }: Realm): MailContent {
    return {
      subject: `Your password at ${name} was changed`,
      paragraphs: [
        `The password of your account ${job.address} at ${name} was changed, and your other sessions ended.`,
      ],
      notes: [
        originOf(job),
        'If it was not you: ask for a password reset at once. It ends every session and sets a new password.',
      ],
    };
  }
}
