import { parse } from 'bowser';
import type { Client } from '../../core/clients/client.js';
import { deviceNetworkOf } from './network.js';

/** What tells one device of a user from another, as far as a request does. */
export interface Device {
  /** the browser or program, without its version, in lower case */
  readonly family: string;
  readonly network: string;
  /** for people, such as "Chrome"; null for one that does not name itself */
  readonly browser: string | null;
  /** for people, such as "macOS" */
  readonly system: string | null;
}

/** The family of whoever sends no user agent, or one that says nothing. */
export const UNKNOWN = 'unknown';
const MAX_LENGTH = 64;

/** Anybody can write any user agent: what it claims is only ever compared with what the same user sent before. */
export function deviceOf({ userAgent, ipAddress }: Pick<Client, 'userAgent' | 'ipAddress'>): Device {
  const network = deviceNetworkOf(ipAddress);
  const agent = (userAgent ?? '').trim();
  // The parser refuses an empty one.
  if (agent === '') return { family: UNKNOWN, network, browser: null, system: null };
  const { browser, os } = parse(agent);
  const name = productOf(browser.name ?? '') || productOf(agent);
  const system = productOf(os.name ?? '');
  return {
    family: name === '' ? UNKNOWN : name.toLowerCase(),
    network,
    browser: name === '' ? null : name,
    system: system === '' ? null : system,
  };
}

/** Up to the version or a comment (RFC 9110, 10.1.5). No dots or slashes: mail clients make links of what looks like one. */
function productOf(text: string): string {
  const [product = ''] = text.split(/[/(]|\s+v?\d/, 1);
  return product
    .replace(/[^\w+-]+/g, ' ')
    .slice(0, MAX_LENGTH)
    .trim();
}
