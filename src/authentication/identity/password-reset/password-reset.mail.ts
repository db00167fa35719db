import { Injectable } from '@nestjs/common';
import { UserEvents } from '../../core/events/user-events.js';
import type { MailAttempt } from '../../core/mail/mail-attempt.js';
import { clientOf, type MailJob } from '../../core/mail/mail-job.js';
import { RegisteredMail } from '../../core/mail/mail-messages.js';
import { PASSWORD_RESET_MAIL } from '../../core/mail/mail-names.js';
import { originOf } from '../../core/mail/mail-origin.js';
import type { MailContent } from '../../core/mail/mail.js';
import { mailedLink } from '../../core/mail/mailed-link.js';
import type { Realm } from '../../core/realms/realm.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { issueMailedToken } from '../../core/tokens/mailed-token.js';
import { PASSWORD_RESET } from '../../core/tokens/password-reset.token.js';
import { User } from '../../core/users/user.entity.js';
import { identityEn } from '../identity.en.js';

@Injectable()
export class PasswordResetMail extends RegisteredMail {
  readonly name = PASSWORD_RESET_MAIL;
  override readonly limit = 'asked';
  override readonly recovers = true;
  override readonly hours = 24;

  constructor(
    private readonly events: UserEvents,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {
    super();
  }

  /** @returns null when no user of the realm has this address */
  async compose(job: MailJob, realm: Realm, attempt: MailAttempt): Promise<MailContent | null> {
    const { manager } = attempt;
    const user = await manager.findOneBy(User, { realm: job.realm, email: job.address });
    const token = user === null ? null : await issueMailedToken(PASSWORD_RESET, user, job.address, attempt);
    if (user === null || token === null) return null;
    if (attempt.isFirst) {
      await this.events.tell(manager, { action: 'password_reset_requested', user, client: clientOf(job) });
    }
    return this.content(job, realm, mailedLink(this.settings.passwordResetUrl, { token }));
  }

  private content(job: MailJob, { name: app }: Realm, link: string): MailContent {
    const text = this.texts.of(identityEn, job.locale);
    return {
      subject: text('password_reset.mail.subject', { app }),
      paragraphs: [text('password_reset.mail.text', { app, email: job.address })],
      action: { label: text('password_reset.mail.button'), url: link },
      notes: [
        text('password_reset.mail.lifetime'),
        originOf(job, this.texts),
        text('password_reset.mail.not_you'),
      ],
    };
  }
}
