import { Injectable } from '@nestjs/common';
import type { MailAttempt } from '../../core/mail/mail-attempt.js';
import type { MailJob } from '../../core/mail/mail-job.js';
import { RegisteredMail } from '../../core/mail/mail-messages.js';
import type { MailContent } from '../../core/mail/mail.js';
import { mailedLink } from '../../core/mail/mailed-link.js';
import { originOf } from '../../core/mail/mail-origin.js';
import type { Realm } from '../../core/realms/realm.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { identityEn } from '../identity.en.js';
import { EmailReversals } from './email-reversals.js';

export const EMAIL_CHANGE_REQUESTED_MAIL = 'email_change_requested';

/** Notifies the old address of a requested change, with a link that takes the account back (OWASP ASVS 6.3.7). */
@Injectable()
export class EmailChangeRequestedMail extends RegisteredMail {
  readonly name = EMAIL_CHANGE_REQUESTED_MAIL;
  override readonly limit = 'notice';
  override readonly recovers = true;

  constructor(
    private readonly reversals: EmailReversals,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {
    super();
  }

  /** @returns null when the reversal is used, void or expired */
  async compose(job: MailJob, realm: Realm, attempt: MailAttempt): Promise<MailContent | null> {
    const token = await this.reversals.issue(job.facts?.['reversal'] ?? '0', job.address, attempt);
    if (token === null) return null;
    const { appUrl, routePrefix } = this.settings;
    return this.content(job, realm, mailedLink(`${appUrl}${routePrefix}/identity/email/reversal`, { token }));
  }

  private content(job: MailJob, { name: app }: Realm, link: string): MailContent {
    const text = this.texts.of(identityEn, job.locale);
    const change = { app, email: job.address, new_email: job.facts?.['new_email'] ?? '' };
    return {
      subject: text('email_change_requested.mail.subject', { app }),
      paragraphs: [
        text('email_change_requested.mail.text', change),
        text('email_change_requested.mail.until'),
        text('email_change_requested.mail.not_you'),
      ],
      action: { label: text('email_change_requested.mail.button'), url: link },
      notes: [text('email_change_requested.mail.lifetime'), originOf(job, this.texts)],
    };
  }
}
