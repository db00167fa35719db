import { networkOf } from '../../core/clients/address.js';

/**
 * The network of a client's address: /24 of IPv4, /48 of IPv6. Wide enough for a home that gets another address
 * overnight, and for the temporary addresses of IPv6 (RFC 8981). Narrow enough that an attacker usually has another.
 * @returns `unknown` for a value that is not an address
 */
export function deviceNetworkOf(address: string | null): string {
  return networkOf(address ?? '', { ipv4: 24, ipv6: 48 }) ?? 'unknown';
}
