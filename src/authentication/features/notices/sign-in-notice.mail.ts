import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { MailJob } from '../../core/mail/mail-job.js';
import { MailMessages, type MailMessage } from '../../core/mail/mail-messages.js';
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
export class SignInNoticeMail implements MailMessage, OnModuleInit {
  readonly name = SIGN_IN_NOTICE_MAIL;
  /**
   * Whoever can sign in causes it, under a new name each time: a thief, or somebody who registered an address of
   * another. The owner is told three times in 15 minutes, and any of these links leads to a new password.
   */
  readonly limited = true;

  constructor(
    private readonly messages: MailMessages,
    private readonly notices: SignInNotices,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  onModuleInit(): void {
    this.messages.add(this);
  }

  async compose(job: MailJob, realm: Realm): Promise<MailContent | null> {
    const { user_id: userId, address, client, facts } = job;
    if (userId === undefined) return null;
    const device = deviceOf({ ipAddress: client.ip_address, userAgent: client.user_agent });
    const session = facts?.['session'];
    const sessionId = session === undefined ? null : Number(session);
    const token = await this.notices.issue({ userId, address, sessionId, device });
    if (token === null) return null;
    const { appUrl, routePrefix } = this.settings;
    return signInNoticeMail(
      job,
      realm,
      device.label,
      mailedLink(`${appUrl}${routePrefix}/sessions/notice`, { token }),
    );
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
