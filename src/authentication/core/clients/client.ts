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

/** @param header as Node.js gives it: each byte as one character */
export function plainUserAgent(header: string | null): string | null {
  if (header === null) return null;
  // A pair of surrogates, such as of an emoji, is not cut in two: Postgres takes no half of one.
  return asSent(header)
    .slice(0, USER_AGENT_LENGTH)
    .replace(/[\uD800-\uDBFF]$/, '');
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Applications with a name in another script send it in UTF-8. Bytes that are not UTF-8 stay as they are. */
function asSent(header: string): string {
  if (!/[\x80-\xff]/.test(header)) return header;
  try {
    return utf8.decode(Buffer.from(header, 'latin1'));
  } catch {
    return header;
  }
}

/** By what limits count a client: its network, apart for each owner of realms whose backends name it. */
export function clientKey({ ipAddress, owner }: Pick<Client, 'ipAddress' | 'owner'>): string {
  const network = ipAddress === null ? 'unknown' : subscriberNetworkOf(ipAddress);
  return owner === undefined ? network : `${owner} ${network}`;
}
