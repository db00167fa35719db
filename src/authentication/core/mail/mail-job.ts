import type { Client } from '../clients/client.js';
import { subjectOf } from '../counters/failure-counters.js';
import type { Trace } from '../clients/trace.js';
import type { User } from '../users/user.entity.js';

/** A mail in the queue. It holds no secret: the worker issues the token when it sends, so that a late link works. */
export interface MailJob {
  readonly message: string;
  readonly realm: string;
  readonly address: string;
  readonly user_id?: number;
  /** whether the address was verified when the mail was queued; without it, the worker looks it up */
  readonly verified?: boolean;
  readonly client: { readonly ip_address: string | null; readonly user_agent: string | null };
  /** of the request that caused the mail, for the log */
  readonly trace?: Trace;
  /** language of the request that caused the mail */
  readonly locale: string;
  /** ISO 8601, by the database's clock */
  readonly requested_at: string;
  /** further values that are not secret, such as the address that a notice names */
  readonly facts?: Readonly<Record<string, string>>;
  /** set by the first try, in the transaction that issues the token: later tries issue nothing new */
  readonly issued?: true;
}

export interface MailRequest {
  readonly message: string;
  readonly realm: string;
  readonly address: string;
  readonly userId?: number;
  readonly verified?: boolean;
  readonly client: Client;
  readonly facts?: Readonly<Record<string, string>>;
}

/** The job of a mail; `MailQueue` adds when it was requested. */
export function mailJob(request: MailRequest): Omit<MailJob, 'requested_at'> {
  return {
    message: request.message,
    realm: request.realm,
    address: request.address,
    ...(request.userId === undefined ? {} : { user_id: request.userId }),
    ...(request.verified === undefined ? {} : { verified: request.verified }),
    client: { ip_address: request.client.ipAddress, user_agent: request.client.userAgent },
    ...(request.client.trace === undefined ? {} : { trace: request.client.trace }),
    locale: request.client.locale,
    ...(request.facts === undefined ? {} : { facts: request.facts }),
  };
}

/** The recipient of a mail to a user, at the user's current address. */
export function addressedTo({
  id,
  realm,
  email,
  verified,
}: User): Pick<MailRequest, 'realm' | 'address' | 'userId' | 'verified'> {
  return { realm, address: email, userId: id, verified };
}

/** The subject of the counters `mail` and `notice`: one kind of mail to one address. */
export function mailSubject(message: string, address: { realm: string; email: string }): string {
  return `${message} ${subjectOf(address)}`;
}

/** The client whose request caused the mail. */
export function clientOf({ client, locale, trace }: MailJob): Client {
  const known = { ipAddress: client.ip_address, userAgent: client.user_agent, locale };
  return trace === undefined ? known : { ...known, trace };
}
