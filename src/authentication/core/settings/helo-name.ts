import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

/**
 * Reads the name for EHLO: the name of a machine, or its address in brackets (RFC 5321, 4.1.3).
 * @returns null for anything else
 */
export function heloName(text: string): string | null {
  const [, address] = /^\[(?:IPv6:)?([^\]]+)\]$/i.exec(text) ?? [];
  if (address !== undefined) return isIP(address) === 0 ? null : literal(address);
  const name = /^[\p{L}\p{N}.-]{1,253}$/u.test(text) ? domainToASCII(text) : '';
  return /^(?!.*\.[0-9]+$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/.test(name)
    ? name
    : null;
}

/** A host as a name for EHLO; null for an address, and for a name without a domain: many mail servers refuse it. */
export function nameOfHost(host: string): string | null {
  return host.includes('.') && isIP(host) === 0 ? heloName(host) : null;
}

function literal(address: string): string {
  return isIP(address) === 6 ? `[IPv6:${address}]` : `[${address}]`;
}
