import type { Texts } from '../texts/texts.js';
import { timeIn } from '../texts/times.js';
import type { MailJob } from './mail-job.js';
import { mailEn } from './mail.en.js';
import { unlinked } from './unlinked.js';

/** The sentence that says from which address, when and with which program a mail was requested. */
export function originOf({ client, locale, requested_at: at }: MailJob, texts: Texts): string {
  const text = texts.of(mailEn, locale);
  const from = { address: client.ip_address ?? text('mail.unknown_address'), time: timeIn(locale, at) };
  const agent = unlinked(client.user_agent ?? '');
  return agent === '' ? text('mail.origin', from) : text('mail.origin_with_agent', { ...from, agent });
}
