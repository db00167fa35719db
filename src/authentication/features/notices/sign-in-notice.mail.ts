import { Injectable } from '@nestjs/common';
import type { MailAttempt } from '../../core/mail/mail-attempt.js';
import { clientOf, type MailJob } from '../../core/mail/mail-job.js';
import { RegisteredMail } from '../../core/mail/mail-messages.js';
import type { MailContent } from '../../core/mail/mail.js';
import { mailedLink } from '../../core/mail/mailed-link.js';
import { unlinked } from '../../core/mail/unlinked.js';
import type { Realm } from '../../core/realms/realm.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { timeIn } from '../../core/texts/times.js';
import { deviceOf, type Device } from './device.js';
import { noticesEn } from './notices.en.js';
import { SignInNotices } from './sign-in-notices.js';

export const SIGN_IN_NOTICE_MAIL = 'sign_in_notice';

/** The notice of a sign-in from a new device (OWASP ASVS 6.3.7). */
@Injectable()
export class SignInNoticeMail extends RegisteredMail {
  readonly name = SIGN_IN_NOTICE_MAIL;
  /**
   * A thief who can sign in can cause this mail under a new device name each time. The ten notices of an hour are enough:
   * each of their links leads to a new password.
   */
  override readonly limit = 'notice';
  override readonly recovers = true;

  constructor(
    private readonly notices: SignInNotices,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {
    super();
  }

  async compose(job: MailJob, realm: Realm, attempt: MailAttempt): Promise<MailContent | null> {
    const { user_id: userId, address, facts } = job;
    if (userId === undefined) return null;
    const device = deviceOf(clientOf(job));
    const session = facts?.['session'];
    const sessionId = session === undefined ? null : Number(session);
    const token = await this.notices.issue({ userId, address, sessionId, device }, attempt);
    if (token === null) return null;
    const { appUrl, routePrefix } = this.settings;
    const link = mailedLink(`${appUrl}${routePrefix}/sessions/notice`, { token });
    return this.content(job, realm, this.labelOf(device, job.locale), link);
  }

  private content(job: MailJob, { name: app }: Realm, device: string, link: string): MailContent {
    const { address: email, client, locale, requested_at: at } = job;
    const text = this.texts.of(noticesEn, locale);
    return {
      subject: text('sign_in_notice.mail.subject', { app }),
      paragraphs: [
        text('sign_in_notice.mail.text', { app, email }),
        // On its own line, because the client chooses this name.
        text('sign_in_notice.mail.device', { device }),
        text('sign_in_notice.mail.address', { address: client.ip_address ?? text('sign_in_notice.unknown') }),
        text('sign_in_notice.mail.time', { time: timeIn(locale, at) }),
        text('sign_in_notice.mail.you'),
      ],
      action: { label: text('sign_in_notice.mail.button'), url: link },
      notes: [text('sign_in_notice.mail.lifetime')],
    };
  }

  private labelOf({ browser, system }: Device, locale: string): string {
    const text = this.texts.of(noticesEn, locale);
    if (browser === null) return text('sign_in_notice.unknown');
    const name = unlinked(browser);
    return system === null ? name : text('sign_in_notice.browser_on_system', { browser: name, system });
  }
}
