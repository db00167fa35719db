import { Injectable } from '@nestjs/common';
import type { MailAttempt } from '../../core/mail/mail-attempt.js';
import type { MailJob } from '../../core/mail/mail-job.js';
import { RegisteredMail } from '../../core/mail/mail-messages.js';
import { originOf } from '../../core/mail/mail-origin.js';
import type { MailContent } from '../../core/mail/mail.js';
import type { Realm } from '../../core/realms/realm.js';
import { issueMailedToken } from '../../core/tokens/mailed-token.js';
import { User } from '../../core/users/user.entity.js';
import { PasswordlessLink } from './passwordless-link.js';
import { passwordlessEn } from './passwordless.en.js';
import { PASSWORDLESS } from './passwordless.token.js';
import { SignInCodes } from './sign-in-codes.js';

export const PASSWORDLESS_MAIL = 'passwordless';

interface WayIn {
  readonly link: string;
  readonly code: string;
  /** whether it also confirms the address, and so removes everything from before */
  readonly proves: boolean;
}

@Injectable()
export class PasswordlessMail extends RegisteredMail {
  readonly name = PASSWORDLESS_MAIL;
  override readonly limit = 'asked';
  override readonly hours = 24;

  constructor(
    private readonly codes: SignInCodes,
    private readonly link: PasswordlessLink,
  ) {
    super();
  }

  /** @returns null when no user has the address. Suspended users are mailed: the sign-in answers why it is refused. */
  async compose(job: MailJob, realm: Realm, attempt: MailAttempt): Promise<MailContent | null> {
    const user = await attempt.manager.findOneBy(User, { realm: job.realm, email: job.address });
    const token = user === null ? null : await issueMailedToken(PASSWORDLESS, user, job.address, attempt);
    if (user === null || token === null) return null;
    const code = await this.codes.issue(user, token, attempt);
    return this.content(job, realm, { link: this.link.with(token), code, proves: !user.verified });
  }

  private content(job: MailJob, { name: app }: Realm, { link, code, proves }: WayIn): MailContent {
    const text = this.texts.of(passwordlessEn, job.locale);
    return {
      subject: text('passwordless.mail.subject', { app }),
      paragraphs: [text('passwordless.mail.text', { app, email: job.address }), code],
      action: { label: text('passwordless.mail.button'), url: link },
      notes: [
        text('passwordless.mail.lifetime'),
        ...(proves ? [text('passwordless.mail.confirms')] : []),
        originOf(job, this.texts),
        text('passwordless.mail.not_you'),
      ],
    };
  }
}
