import { Injectable } from '@nestjs/common';
import type { MailJob } from '../../core/mail/mail-job.js';
import { RegisteredMail } from '../../core/mail/mail-messages.js';
import { originOf } from '../../core/mail/mail-origin.js';
import type { MailContent } from '../../core/mail/mail.js';
import type { Realm } from '../../core/realms/realm.js';
import { twoFactorEn } from './two-factor.en.js';

export const WRONG_CODES_MAIL = 'wrong_codes';

/** Tells the owner that somebody has the password and guesses codes of the second factor. */
@Injectable()
export class WrongCodesMail extends RegisteredMail {
  readonly name = WRONG_CODES_MAIL;
  override readonly limit = 'notice';

  compose(job: MailJob, { name: app }: Realm): MailContent {
    const text = this.texts.of(twoFactorEn, job.locale);
    const { address: email, facts } = job;
    const period = facts?.['period'] === 'day' ? 'day' : 'minutes';
    return {
      subject: text('wrong_codes.mail.subject', { app }),
      paragraphs: [
        text(`wrong_codes.mail.${period}`, { email, number: facts?.['number'] ?? '' }),
        text('wrong_codes.mail.you'),
      ],
      notes: [originOf(job, this.texts), text('two_factor.mail.not_you')],
    };
  }
}
