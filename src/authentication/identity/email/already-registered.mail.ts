import { Injectable } from '@nestjs/common';
import type { MailJob } from '../../core/mail/mail-job.js';
import { RegisteredMail } from '../../core/mail/mail-messages.js';
import { ALREADY_REGISTERED_MAIL } from '../../core/mail/mail-names.js';
import type { MailContent } from '../../core/mail/mail.js';
import { originOf } from '../../core/mail/mail-origin.js';
import type { Realm } from '../../core/realms/realm.js';
import type { Texts } from '../../core/texts/texts.js';
import { identityEn } from '../identity.en.js';

/** With concealed accounts: notifies the owner of an address that someone tried to use it for another account. */
@Injectable()
export class AlreadyRegisteredMail extends RegisteredMail {
  readonly name = ALREADY_REGISTERED_MAIL;
  override readonly limit = 'asked';

  compose(job: MailJob, realm: Realm): MailContent {
    return alreadyRegisteredMail(job, realm, this.texts);
  }
}

export function alreadyRegisteredMail(job: MailJob, { name: app }: Realm, texts: Texts): MailContent {
  const text = texts.of(identityEn, job.locale);
  return {
    subject: text('already_registered.mail.subject', { app }),
    paragraphs: [
      text('already_registered.mail.text', { app, email: job.address }),
      text('already_registered.mail.you'),
    ],
    notes: [originOf(job, texts), text('already_registered.mail.not_you')],
  };
}
