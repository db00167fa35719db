import type { Client } from '../requests/client.js';

/** What the queue holds: never a secret. The worker issues the token when it sends, so a late mail has a live link. */
export interface MailJob {
  readonly message: string;
  readonly realm: string;
  readonly address: string;
  readonly user_id?: number;
  readonly client: { readonly ip_address: string | null; readonly user_agent: string | null };
  /** ISO 8601 */
  readonly requested_at: string;
  /** further plain facts, such as the address that a notice names */
  readonly facts?: Readonly<Record<string, string>>;
}

export interface MailRequest {
  readonly message: string;
  readonly realm: string;
  readonly address: string;
  readonly userId?: number;
  readonly client: Client;
  readonly facts?: Readonly<Record<string, string>>;
}

export function mailJob(request: MailRequest): MailJob {
  return {
    message: request.message,
    realm: request.realm,
    address: request.address,
    ...(request.userId === undefined ? {} : { user_id: request.userId }),
    client: { ip_address: request.client.ipAddress, user_agent: request.client.userAgent },
    requested_at: new Date().toISOString(),
    ...(request.facts === undefined ? {} : { facts: request.facts }),
  };
}

/** Who asked, from where and when, for the reader of a mail. */
export function originOf({ client, requested_at: at }: MailJob): string {
  const from = client.ip_address ?? 'an unknown address';
  const agent = unlinked(client.user_agent ?? '');
  const browser = agent === '' ? '' : ` with "${agent}"`;
  return `Asked for from ${from}${browser}, on ${at.slice(0, 10)} at ${at.slice(11, 16)} UTC.`;
}

/** Anybody can write anything there, and mail clients make links of what looks like one: so that nothing does. */
function unlinked(userAgent: string): string {
  return userAgent
    .replace(/[^\w ();,./-]|\/\/|\.(?!\d)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 120);
}
