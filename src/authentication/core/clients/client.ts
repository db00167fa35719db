import type { Trace } from './trace.js';
import { subscriberNetworkOf } from './address.js';

const USER_AGENT_LENGTH = 512;

/** Where a request comes from. */
export interface Client {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  /** the language for pages and mails: a tag of `Texts.locales` */
  readonly locale: string;
  /** for a client that a backend named: the owner of its realm, who may have invented this client */
  readonly owner?: string;
  /** of the request, for the lines of the log */
  readonly trace?: Trace;
}

export function plainUserAgent(text: string | null): string | null {
  return text?.slice(0, USER_AGENT_LENGTH) ?? null;
}

/** By what limits count a client: its network, apart for each owner of realms whose backends name it. */
export function clientKey({ ipAddress, owner }: Pick<Client, 'ipAddress' | 'owner'>): string {
  const network = ipAddress === null ? 'unknown' : subscriberNetworkOf(ipAddress);
  return owner === undefined ? network : `${owner} ${network}`;
}
