import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../core/database/database.js';
import { UserEvents } from '../../core/events/user-events.js';
import { originOf, type MailJob } from '../../core/mail/mail-job.js';
import { MailMessages, type MailMessage } from '../../core/mail/mail-messages.js';
import { PASSWORD_RESET_MAIL } from '../../core/mail/mail-names.js';
import type { MailContent } from '../../core/mail/mail.js';
import { mailedLink } from '../../core/mail/mailed-link.js';
import type { Realm } from '../../core/realms/realm.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { OneTimeTokens } from '../../core/tokens/one-time-tokens.js';
import { PASSWORD_RESET } from '../../core/tokens/password-reset.token.js';
import { User } from '../../core/users/user.entity.js';

@Injectable()
export class PasswordResetMail implements MailMessage, OnModuleInit {
  readonly name = PASSWORD_RESET_MAIL;
  readonly limited = true;

  constructor(
    private readonly messages: MailMessages,
    private readonly database: Database,
    private readonly tokens: OneTimeTokens,
    private readonly events: UserEvents,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  onModuleInit(): void {
    this.messages.add(this);
  }

  /** Null for an address that nobody has here. */
  async compose(job: MailJob, realm: Realm): Promise<MailContent | null> {
    const user = await this.database.manager.findOneBy(User, { realm: job.realm, email: job.address });
    if (user === null) return null;
    const client = { ipAddress: job.client.ip_address, userAgent: job.client.user_agent };
    const { secret } = await this.database.transaction(async (manager) => {
      await this.events.tell(manager, { action: 'password_reset_requested', user, client });
      return this.tokens.issue(PASSWORD_RESET, user, job.address, manager);
    });
    return passwordResetMail(job, realm, mailedLink(this.settings.passwordResetUrl, { token: secret }));
  }
}

export function passwordResetMail(job: MailJob, { name }: Realm, link: string): MailContent {
  return {
    subject: `Choose a new password for ${name}`,
    paragraphs: [`Somebody asked for a new password for your account ${job.address} at ${name}.`],
    action: { label: 'Choose a new password', url: link },
    notes: [
      'The link works once, for 20 minutes. A new password ends every session.',
      originOf(job),
      'If it was not you, ignore this mail: your password stays as it is.',
    ],
  };
}
