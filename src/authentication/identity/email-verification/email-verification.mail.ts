import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Not } from 'typeorm';
import { Database } from '../../core/database/database.js';
import { originOf, type MailJob } from '../../core/mail/mail-job.js';
import { MailMessages, type MailMessage } from '../../core/mail/mail-messages.js';
import { EMAIL_VERIFICATION_MAIL } from '../../core/mail/mail-names.js';
import type { MailContent } from '../../core/mail/mail.js';
import { mailedLink } from '../../core/mail/mailed-link.js';
import type { Realm } from '../../core/realms/realm.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { EMAIL_VERIFICATION } from '../../core/tokens/email-verification.token.js';
import { OneTimeTokens } from '../../core/tokens/one-time-tokens.js';
import { User } from '../../core/users/user.entity.js';
import { alreadyRegisteredMail } from '../email/already-registered.mail.js';

@Injectable()
export class EmailVerificationMail implements MailMessage, OnModuleInit {
  readonly name = EMAIL_VERIFICATION_MAIL;
  readonly limited = true;

  constructor(
    private readonly messages: MailMessages,
    private readonly database: Database,
    private readonly tokens: OneTimeTokens,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  onModuleInit(): void {
    this.messages.add(this);
  }

  /** Null for an address that nobody waits to prove: unknown, verified meanwhile, or dropped. */
  async compose(job: MailJob, realm: Realm): Promise<MailContent | null> {
    const user = await this.userOf(job);
    if (user?.mayVerify(job.address) !== true) return null;
    if (await this.isTaken(job.address, user)) {
      return this.settings.concealAccounts ? alreadyRegisteredMail(job, realm) : null;
    }
    const { secret } = await this.tokens.issue(EMAIL_VERIFICATION, user, job.address, this.database.manager);
    const link = mailedLink(this.settings.emailVerificationUrl, { email: job.address, token: secret });
    return emailVerificationMail(job, realm, link);
  }

  private userOf({ user_id: id, realm, address }: MailJob): Promise<User | null> {
    return this.database.manager.findOneBy(
      User,
      id === undefined ? { realm, email: address } : { id, realm },
    );
  }

  private isTaken(email: string, { id, realm }: User): Promise<boolean> {
    return this.database.manager.existsBy(User, { realm, email, id: Not(id) });
  }
}

export function emailVerificationMail(job: MailJob, { name }: Realm, link: string): MailContent {
  return {
    subject: `Confirm your email address for ${name}`,
    paragraphs: [`Confirm that ${job.address} is your address at ${name}.`],
    action: { label: 'Confirm this address', url: link },
    notes: [
      'The link works once, for 2 days.',
      originOf(job),
      'If it was not you, ignore this mail: without a click the address stays unconfirmed.',
    ],
  };
}
