import { Logger } from '@nestjs/common';
import { isProduction, type AuthenticationSettings } from '../settings/authentication.settings.js';
import { SettingError } from '../settings/environment.js';
import { DevelopmentMailbox } from './development-mailbox.js';
import type { MailTransport } from './mail.js';
import { SmtpTransport } from './smtp-transport.js';

/** Token of the host's own transport, `forRoot({ mail })`; provides null without one. */
export const OWN_MAIL_TRANSPORT = Symbol('own mail transport');

/** @throws SettingError in production without SMTP_URL or the host's own transport */
export function assertMailsLeave(
  { smtpUrl, environment }: Pick<AuthenticationSettings, 'smtpUrl' | 'environment'>,
  own: MailTransport | null,
): void {
  if (own !== null || smtpUrl !== null || !isProduction(environment)) return;
  throw new SettingError(
    'SMTP_URL must be set in production: without it, mails stay in the development mailbox',
  );
}

/** The transport that sends the mails: the host's own, else SMTP_URL, else the development mailbox. */
export function mailTransport(
  { smtpUrl, smtpName, mailFrom, environment }: AuthenticationSettings,
  own: MailTransport | null,
): MailTransport {
  if (own !== null) return own;
  if (smtpUrl === null) return new DevelopmentMailbox();
  if (isProduction(environment) && environment.optional('MAIL_FROM') === null) {
    new Logger('Authentication').warn({
      event: 'mail_from_unset',
      hint: `MAIL_FROM is not set: mails come from ${mailFrom}, which many mail servers refuse`,
    });
  }
  return new SmtpTransport(smtpUrl, mailFrom, smtpName);
}
