import { Injectable } from '@nestjs/common';
import { originOf, type MailJob } from '../../core/mail/mail-job.js';
import { RegisteredMail } from '../../core/mail/mail-messages.js';
import type { MailContent } from '../../core/mail/mail.js';
import type { Realm } from '../../core/realms/realm.js';

export const TWO_FACTOR_CHANGED_MAIL = 'two_factor_changed';

export type TwoFactorChange =
  'two_factor_enabled' | 'two_factor_disabled' | 'recovery_codes_renewed' | 'recovery_code_used';

/** Notices to the owner (OWASP ASVS 6.3.7). */
@Injectable()
export class TwoFactorChangedMail extends RegisteredMail {
  readonly name = TWO_FACTOR_CHANGED_MAIL;

  compose(job: MailJob, { name }: Realm): MailContent {
    const change = job.facts?.['action'] as TwoFactorChange;
    return {
      subject: `${SUBJECTS[change]} ${name}`,
      paragraphs: [whatHappened(change, job)],
      notes: [
        originOf(job),
        'If it was not you: ask for a password reset at once. It ends every session and sets a new password.',
      ],
    };
  }
}

const SUBJECTS: Readonly<Record<TwoFactorChange, string>> = {
  two_factor_enabled: 'Two-factor authentication is on at',
  two_factor_disabled: 'Two-factor authentication is off at',
  recovery_codes_renewed: 'You have new recovery codes for',
  recovery_code_used: 'A recovery code was used at',
};

function whatHappened(change: TwoFactorChange, { address, facts }: MailJob): string {
  switch (change) {
    case 'two_factor_enabled':
      return `Your account ${address} now asks for a code of your authenticator app at sign-in. Your other sessions ended. Keep the recovery codes where you find them without your phone.`;
    case 'two_factor_disabled':
      return `Your account ${address} no longer asks for a second factor at sign-in: the password alone opens it.`;
    case 'recovery_codes_renewed':
      return `New recovery codes were made for your account ${address}. The old ones no longer work.`;
    case 'recovery_code_used':
      return `Somebody signed in to your account ${address} with a recovery code. Codes left: ${facts?.['remaining'] ?? '0'}.`;
  }
}
