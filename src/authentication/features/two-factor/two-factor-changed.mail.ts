import { Injectable } from '@nestjs/common';
import type { MailJob } from '../../core/mail/mail-job.js';
import { RegisteredMail } from '../../core/mail/mail-messages.js';
import { originOf } from '../../core/mail/mail-origin.js';
import type { MailContent } from '../../core/mail/mail.js';
import type { Realm } from '../../core/realms/realm.js';
import type { Text } from '../../core/texts/sentence.js';
import { twoFactorEn } from './two-factor.en.js';

export const TWO_FACTOR_CHANGED_MAIL = 'two_factor_changed';

export type TwoFactorChange =
  'two_factor_enabled' | 'two_factor_disabled' | 'recovery_codes_renewed' | 'recovery_code_used';

/** Notifies the user of a change of the second factor (OWASP ASVS 6.3.7). */
@Injectable()
export class TwoFactorChangedMail extends RegisteredMail {
  readonly name = TWO_FACTOR_CHANGED_MAIL;
  override readonly limit = 'notice';

  compose(job: MailJob, { name: app }: Realm): MailContent {
    const text = this.texts.of(twoFactorEn, job.locale);
    const change = job.facts?.['action'] as TwoFactorChange;
    return {
      subject: text(`${change}.mail.subject`, { app }),
      paragraphs: [whatHappened(change, job, text)],
      notes: [originOf(job, this.texts), text('two_factor.mail.not_you')],
    };
  }
}

function whatHappened(
  change: TwoFactorChange,
  { address: email, facts }: MailJob,
  text: Text<typeof twoFactorEn>,
): string {
  if (change !== 'recovery_code_used') return text(`${change}.mail.text`, { email });
  return text('recovery_code_used.mail.text', { email, count: Number(facts?.['remaining'] ?? 0) });
}
