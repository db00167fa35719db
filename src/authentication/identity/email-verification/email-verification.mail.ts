import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { MailAttempt } from '../../core/mail/mail-attempt.js';
import type { MailJob } from '../../core/mail/mail-job.js';
import { RegisteredMail } from '../../core/mail/mail-messages.js';
import { EMAIL_VERIFICATION_MAIL } from '../../core/mail/mail-names.js';
import { originOf } from '../../core/mail/mail-origin.js';
import type { MailContent } from '../../core/mail/mail.js';
import { mailedLink } from '../../core/mail/mailed-link.js';
import type { Realm } from '../../core/realms/realm.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { EMAIL_VERIFICATION } from '../../core/tokens/email-verification.token.js';
import { issueMailedToken } from '../../core/tokens/mailed-token.js';
import { User } from '../../core/users/user.entity.js';
import { alreadyRegisteredMail } from '../email/already-registered.mail.js';
import { TakenAddresses } from '../email/taken-addresses.js';
import { identityEn } from '../identity.en.js';

@Injectable()
export class EmailVerificationMail extends RegisteredMail {
  readonly name = EMAIL_VERIFICATION_MAIL;
  override readonly limit = 'asked';

  constructor(
    private readonly addresses: TakenAddresses,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {
    super();
  }

  /** @returns null when nothing is to be confirmed: the address is unknown, verified, taken, or no longer requested */
  async compose(job: MailJob, realm: Realm, attempt: MailAttempt): Promise<MailContent | null> {
    const user = await userOf(job, attempt.manager);
    if (user?.mayVerify(job.address) !== true) return null;
    if (await this.addresses.isTaken(job.address, user.realm, user.id, attempt.manager)) {
      return this.settings.concealAccounts ? alreadyRegisteredMail(job, realm, this.texts) : null;
    }
    const token = await issueMailedToken(EMAIL_VERIFICATION, user, job.address, attempt);
    if (token === null) return null;
    const link = mailedLink(this.settings.emailVerificationUrl, { email: job.address, token });
    return this.content(job, realm, link, user.email === job.address);
  }

  private content(job: MailJob, { name: app }: Realm, link: string, isNew: boolean): MailContent {
    const text = this.texts.of(identityEn, job.locale);
    const what = isNew ? 'email_verification.mail.text' : 'email_verification.mail.change_text';
    return {
      subject: text('email_verification.mail.subject', { app }),
      paragraphs: [text(what, { app, email: job.address })],
      action: { label: text('email_verification.mail.button'), url: link },
      notes: [
        text('email_verification.mail.lifetime'),
        originOf(job, this.texts),
        text('email_verification.mail.not_you'),
      ],
    };
  }
}

function userOf({ user_id: id, realm, address }: MailJob, manager: EntityManager): Promise<User | null> {
  return manager.findOneBy(User, id === undefined ? { realm, email: address } : { id, realm });
}
