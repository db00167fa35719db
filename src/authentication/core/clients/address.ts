import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Parsed = ipaddr.IPv4 | ipaddr.IPv6;
/** The addresses whose first bits are those of this one. */
export type AddressRange = [address: Parsed, bits: number];

/** IPv4 addresses that are written as IPv6 (RFC 4291 2.5.5.2). */
const MAPPED = ipaddr.IPv6.parse('::ffff:0:0');
const MAPPED_BITS = 96;
const ALL_OF_IPV4: AddressRange = [ipaddr.IPv4.parse('0.0.0.0'), 0];

/** An address in one form, every spelling of `::ffff:1.2.3.4` as 1.2.3.4 (CVE-2026-45364); null for what is none. */
export function plainAddress(text: string): string | null {
  const address = text.replace(/%.*$/, '');
  // `isIP` takes one spelling of IPv4, so nothing is left to do. Parsing would cost ten times as much.
  if (isIP(address) === 4) return address;
  const parsed = parse(address);
  const isMapped = parsed instanceof ipaddr.IPv6 && parsed.match(MAPPED, MAPPED_BITS);
  return (isMapped ? parsed.toIPv4Address() : parsed)?.toString() ?? null;
}

/** One subscriber owns a whole /64: its addresses count as one. */
export function subscriberNetworkOf(address: string): string {
  return isIP(address) === 6 ? (networkOf(address, { ipv4: 32, ipv6: 64 }) ?? address) : address;
}

/**
 * The network of an address that `plainAddress` wrote: `192.0.2.0/24`, `2001:db8:0::/48`. Null for what is no address.
 * @param bits for IPv6 a multiple of 16, since the text holds whole groups
 */
export function networkOf(address: string, bits: { ipv4: number; ipv6: number }): string | null {
  const parsed = parse(address);
  if (parsed instanceof ipaddr.IPv6) {
    const groups = parsed.parts.slice(0, bits.ipv6 / 16);
    return `${groups.map((group) => group.toString(16)).join(':')}::/${bits.ipv6}`;
  }
  if (parsed === null) return null;
  const network = ipaddr.IPv4.networkAddressFromCIDR(`${address}/${bits.ipv4}`);
  return `${network.toString()}/${bits.ipv4}`;
}

/**
 * The range that `10.0.0.0/8` or `::1` names; null for any other text. A range of IPv6 that covers mapped addresses
 * comes with the range of IPv4 that they are, since `plainAddress` writes them so.
 */
export function addressRanges(text: string): AddressRange[] | null {
  const [, address = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const parsed = parse(address);
  if (parsed === null) return null;
  const longest = parsed instanceof ipaddr.IPv6 ? 128 : 32;
  const bits = length === undefined ? longest : Number(length);
  if (bits > longest) return null;
  const range: AddressRange = [parsed, bits];
  if (parsed instanceof ipaddr.IPv4 || !MAPPED.match(parsed, Math.min(bits, MAPPED_BITS))) return [range];
  return [range, bits < MAPPED_BITS ? ALL_OF_IPV4 : [parsed.toIPv4Address(), bits - MAPPED_BITS]];
}

/** @param address as `plainAddress` wrote it */
export function isInRanges(address: string, ranges: readonly AddressRange[]): boolean {
  if (ranges.length === 0) return false;
  const parsed = parse(address);
  if (parsed === null) return false;
  return ranges.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
}

/** Whether only this machine reaches the address. */
export function isLoopback(text: string): boolean {
  const address = plainAddress(text);
  return address !== null && parse(address)?.range() === 'loopback';
}

/**
 * `isIP` decides what is an address: ipaddr.js takes 127.1, 0x7f.0.0.1, 010.0.0.1 and 2130706433, too. It also reads
 * `::1.2.3.4`, which is IPv6 (RFC 4291 2.5.5.1), as `::ffff:1.2.3.4`; it does not with a 0 before.
 */
function parse(text: string): Parsed | null {
  const version = isIP(text);
  if (version === 4) return ipaddr.IPv4.parse(text);
  if (version === 6) return ipaddr.IPv6.parse(text.replace(/%.*$/, '').replace(/^::(?=\d+\.)/, '0::'));
  return null;
}
