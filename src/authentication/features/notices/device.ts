import { parse } from 'bowser';
import type { Client } from '../../core/clients/client.js';
import { deviceNetworkOf } from './network.js';

/** What tells one device of a user from another, as far as a request does. */
export interface Device {
  /** the browser or program, without its version, in lower case */
  readonly family: string;
  readonly network: string;
  /** for people: "Chrome on macOS" */
  readonly label: string;
}

/** The family of whoever sends no user agent, or one that says nothing. */
export const UNKNOWN = 'unknown';
const MAX_LENGTH = 64;

/** Anybody can write any user agent: what it claims is only ever compared with what the same user sent before. */
export function deviceOf({ userAgent, ipAddress }: Client): Device {
  const network = deviceNetworkOf(ipAddress);
  const agent = (userAgent ?? '').trim();
  // The parser refuses an empty one.
  if (agent === '') return { family: UNKNOWN, network, label: UNKNOWN };
  const { browser, os } = parse(agent);
  const name = productOf(browser.name ?? '') || productOf(agent) || UNKNOWN;
  const system = productOf(os.name ?? '');
  return { family: name.toLowerCase(), network, label: system === '' ? name : `${name} on ${system}` };
}

/** Up to the version or a comment (RFC 9110, 10.1.5). No dots or slashes: mail clients make links of what looks like one. */
function productOf(text: string): string {
  const [product = ''] = text.split(/[/(]|\s+v?\d/, 1);
  return product
    .replace(/[^\w+-]+/g, ' ')
    .slice(0, MAX_LENGTH)
    .trim();
}
