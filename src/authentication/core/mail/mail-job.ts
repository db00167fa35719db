import type { Client } from '../clients/client.js';
import { subjectOf } from '../counters/failure-counters.js';
import type { User } from '../users/user.entity.js';

/** What the queue holds: never a secret. The worker issues the token when it sends, so a late mail has a live link. */
export interface MailJob {
  readonly message: string;
  readonly realm: string;
  readonly address: string;
  readonly user_id?: number;
  readonly client: { readonly ip_address: string | null; readonly user_agent: string | null };
  /** of the request that caused it */
  readonly locale: string;
  /** ISO 8601 */
  readonly requested_at: string;
  /** further plain facts, such as the address that a notice names */
  readonly facts?: Readonly<Record<string, string>>;
  /** set by the first try, in the transaction that issues what the mail holds: another try issues nothing new */
  readonly issued?: true;
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
    locale: request.client.locale,
    requested_at: new Date().toISOString(),
    ...(request.facts === undefined ? {} : { facts: request.facts }),
  };
}

/** To a user, at the address that is theirs. */
export function addressedTo({ id, realm, email }: User): Pick<MailRequest, 'realm' | 'address' | 'userId'> {
  return { realm, address: email, userId: id };
}

/** Whom the counter `mail` counts a message for. */
export function mailSubject(message: string, address: { realm: string; email: string }): string {
  return `${message} ${subjectOf(address)}`;
}

/** Who asked. */
export function clientOf({ client, locale }: MailJob): Client {
  return { ipAddress: client.ip_address, userAgent: client.user_agent, locale };
}

/**
 * For text that strangers write, such as a user agent or a name: mail clients make links of what looks like one, so
 * nothing does.
 */
export function unlinked(text: string): string {
  const plain = text
    .replace(/[^\p{L}\p{M}\p{N}_ ();,./'’-]|\/\/|\.(?!\d)/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return [...plain].slice(0, 120).join('');
}
