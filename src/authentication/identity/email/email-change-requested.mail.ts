import { Injectable } from '@nestjs/common';
import { originOf, type MailJob } from '../../core/mail/mail-job.js';
import { RegisteredMail } from '../../core/mail/mail-messages.js';
import type { MailContent } from '../../core/mail/mail.js';
import type { Realm } from '../../core/realms/realm.js';

export const EMAIL_CHANGE_REQUESTED_MAIL = 'email_change_requested';

/** The notice to the old address, which names the new one (OWASP ASVS 6.3.7). */
@Injectable()
export class EmailChangeRequestedMail extends RegisteredMail {
  readonly name = EMAIL_CHANGE_REQUESTED_MAIL;

  compose(job: MailJob, { name }: Realm): MailContent {
    const to = job.facts?.['new_email'] ?? 'another address';
    return {
      subject: `Your address at ${name} is about to change`,
      paragraphs: [
        `Your account ${job.address} at ${name} shall have a new address: ${to}.`,
        'It changes when the link that was sent there is opened. Until then this address stays.',
      ],
      notes: [
        originOf(job),
        'If it was not you: change your password, or ask for a reset. Either ends that link.',
      ],
    };
  }
}
