import { Injectable } from '@nestjs/common';
import type { MailAttempt } from '../../core/mail/mail-attempt.js';
import { clientOf, type MailJob } from '../../core/mail/mail-job.js';
import { RegisteredMail } from '../../core/mail/mail-messages.js';
import type { MailContent } from '../../core/mail/mail.js';
import { mailedLink } from '../../core/mail/mailed-link.js';
import type { Realm } from '../../core/realms/realm.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { deviceOf } from './device.js';
import { SignInNotices } from './sign-in-notices.js';

export const SIGN_IN_NOTICE_MAIL = 'sign_in_notice';

/** The notice of a sign-in from a new device (OWASP ASVS 6.3.7). */
@Injectable()
export class SignInNoticeMail extends RegisteredMail {
  readonly name = SIGN_IN_NOTICE_MAIL;
  /**
   * Whoever can sign in causes it, under a new name each time: a thief, or somebody who registered an address of
   * another. The owner is told three times in 15 minutes, and any of these links leads to a new password.
   */
  override readonly limited = true;

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
    return signInNoticeMail(job, realm, device.label, link);
  }
}

export function signInNoticeMail(job: MailJob, { name }: Realm, device: string, link: string): MailContent {
  const { address, client, requested_at: at } = job;
  return {
    subject: `New sign-in to your account at ${name}`,
    paragraphs: [
      `Somebody signed in to your account ${address} at ${name} from a device that was not seen there before.`,
      // A line of its own: the rest of it is what that device says of itself.
      `Device: ${device}`,
      `Address: ${client.ip_address ?? 'unknown'}`,
      `Time: ${at.slice(0, 10)} at ${at.slice(11, 16)} UTC`,
      'If it was you, there is nothing to do.',
    ],
    action: { label: 'It was not me', url: link },
    notes: [
      'The link asks once more, then ends that session and mails you a link to a new password. It works once, for 7 days.',
    ],
  };
}
