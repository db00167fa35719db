import { Injectable } from '@nestjs/common';
import type { MailAttempt } from '../../core/mail/mail-attempt.js';
import { originOf, type MailJob } from '../../core/mail/mail-job.js';
import { RegisteredMail } from '../../core/mail/mail-messages.js';
import type { MailContent } from '../../core/mail/mail.js';
import type { Realm } from '../../core/realms/realm.js';
import { issueMailedToken } from '../../core/tokens/mailed-token.js';
import { User } from '../../core/users/user.entity.js';
import { PasswordlessLink } from './passwordless-link.js';
import { PASSWORDLESS } from './passwordless.token.js';
import { SignInCodes } from './sign-in-codes.js';

export const PASSWORDLESS_MAIL = 'passwordless';

@Injectable()
export class PasswordlessMail extends RegisteredMail {
  readonly name = PASSWORDLESS_MAIL;
  override readonly limited = true;

  constructor(
    private readonly codes: SignInCodes,
    private readonly link: PasswordlessLink,
  ) {
    super();
  }

  /** Null for an address that nobody has here. A suspended user is mailed: the answer at the door says what is wrong. */
  async compose(job: MailJob, realm: Realm, attempt: MailAttempt): Promise<MailContent | null> {
    const user = await attempt.manager.findOneBy(User, { realm: job.realm, email: job.address });
    const token = user === null ? null : await issueMailedToken(PASSWORDLESS, user, job.address, attempt);
    if (user === null || token === null) return null;
    const code = await this.codes.issue(user.id, token, attempt);
    return passwordlessMail(job, realm, { link: this.link.with(token), code, proves: !user.verified });
  }
}

interface WayIn {
  readonly link: string;
  readonly code: string;
  /** whether it also proves the address, and so ends what came before */
  readonly proves: boolean;
}

const CONSEQUENCE =
  'This address was never confirmed. Signing in confirms it, and ends what was set before: sessions and password.';

export function passwordlessMail(job: MailJob, { name }: Realm, { link, code, proves }: WayIn): MailContent {
  return {
    subject: `Sign in to ${name}`,
    paragraphs: [
      `Somebody asked to sign in to your account ${job.address} at ${name}. If it was you, open the link, or type this code where you are signing in:`,
      code,
    ],
    action: { label: 'Sign in', url: link },
    notes: [
      'Link and code work once, for 10 minutes: using one ends the other. Give them to nobody.',
      ...(proves ? [CONSEQUENCE] : []),
      originOf(job),
      'If it was not you, ignore this mail: without it nobody gets in.',
    ],
  };
}
