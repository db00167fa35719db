import { Injectable } from '@nestjs/common';
import { originOf, type MailJob } from '../../core/mail/mail-job.js';
import { RegisteredMail } from '../../core/mail/mail-messages.js';
import { ALREADY_REGISTERED_MAIL } from '../../core/mail/mail-names.js';
import type { MailContent } from '../../core/mail/mail.js';
import type { Realm } from '../../core/realms/realm.js';

/** With concealed accounts, the owner of an address learns here that somebody tried to use it again. */
@Injectable()
export class AlreadyRegisteredMail extends RegisteredMail {
  readonly name = ALREADY_REGISTERED_MAIL;
  override readonly limited = true;

  compose(job: MailJob, realm: Realm): MailContent {
    return alreadyRegisteredMail(job, realm);
  }
}

export function alreadyRegisteredMail(job: MailJob, { name }: Realm): MailContent {
  return {
    subject: `You already have an account at ${name}`,
    paragraphs: [
      `Somebody asked for an account at ${name} with this address, ${job.address}. It has one already.`,
      'If it was you: sign in, or ask for a password reset.',
    ],
    notes: [originOf(job), 'If it was not you, there is nothing to do. Your account is as it was.'],
  };
}
