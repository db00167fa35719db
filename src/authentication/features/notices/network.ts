import { networkOf } from '../../core/clients/address.js';

/**
 * The network of a client's address: /24, or /48 of IPv6. Wide enough for a home that is given another address
 * overnight, and for the addresses that IPv6 changes for privacy (RFC 8981); narrow enough that a stranger is elsewhere.
 */
export function deviceNetworkOf(address: string | null): string {
  return networkOf(address ?? '', { ipv4: 24, ipv6: 48 }) ?? 'unknown';
}
