import { parse } from 'bowser';
import type { Client } from '../../core/clients/client.js';
import { deviceNetworkOf } from './network.js';

/** What distinguishes the devices of a user, as far as a request shows it. */
export interface Device {
  /** the browser or program, without its version, in lower case */
  readonly family: string;
  readonly network: string;
  /** for people, such as "Chrome"; null when the user agent contains no name */
  readonly browser: string | null;
  /** for people, such as "macOS"; null when unknown */
  readonly system: string | null;
}

/** The family of a client that sends no user agent, or one without a name. */
export const UNKNOWN = 'unknown';
const MAX_LENGTH = 64;

/** A client can send any user agent, so the result is only compared with what the same user sent before. */
export function deviceOf({ userAgent, ipAddress }: Pick<Client, 'userAgent' | 'ipAddress'>): Device {
  const network = deviceNetworkOf(ipAddress);
  const agent = (userAgent ?? '').trim();
  // The parser throws on an empty user agent.
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

/**
 * The product's name, before its version or comment (RFC 9110, 10.1.5). Without dots and slashes, because mail clients
 * turn text that looks like a URL into a link.
 */
function productOf(text: string): string {
  const [product = ''] = text.split(/[/(]|\s+v?\d/, 1);
  return product
    .replace(/[^\w+-]+/g, ' ')
    .slice(0, MAX_LENGTH)
    .trim();
}
