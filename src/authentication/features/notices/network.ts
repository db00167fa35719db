import { isIP } from 'node:net';
import { subscriberNetworkOf } from '../../core/clients/address.js';

/**
 * The network of a client's address: /24, or /48 of IPv6. Wide enough for a home that is given another address
 * overnight, and for the addresses that IPv6 changes for privacy (RFC 8981); narrow enough that a stranger is elsewhere.
 */
export function deviceNetworkOf(address: string | null): string {
  const version = isIP(address ?? '');
  if (address === null || version === 0) return 'unknown';
  if (version === 4) return address.replace(/\d+$/, '0/24');
  // The throttles' /64, without its last group.
  return `${subscriberNetworkOf(address).split(':', 3).join(':')}::/48`;
}
