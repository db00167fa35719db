import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Parsed = ipaddr.IPv4 | ipaddr.IPv6;
/** All addresses that have the same first `bits` bits as `address`. */
export type AddressRange = [address: Parsed, bits: number];

/** IPv4 addresses that are written as IPv6 (RFC 4291 2.5.5.2). */
const MAPPED = ipaddr.IPv6.parse('::ffff:0:0');
const MAPPED_BITS = 96;
/** In characters. The longest address has 45, and a zone of a network interface may follow. */
const LONGEST = 100;
const ALL_OF_IPV4: AddressRange = [ipaddr.IPv4.parse('0.0.0.0'), 0];

/**
 * Brings an address into its one form. Every spelling of `::ffff:1.2.3.4` becomes `1.2.3.4` (CVE-2026-45364).
 * @returns null for a text that is not an address
 */
export function plainAddress(text: string): string | null {
  if (text.length > LONGEST) return null;
  const address = text.replace(/%.*$/, '');
  // `isIP` accepts only one spelling of IPv4, so no conversion is needed. Parsing would take ten times as long.
  if (isIP(address) === 4) return address;
  const parsed = parse(address);
  return (isMapped(parsed) ? parsed.toIPv4Address() : parsed)?.toString() ?? null;
}

function isMapped(parsed: Parsed | null): parsed is ipaddr.IPv6 {
  return parsed instanceof ipaddr.IPv6 && parsed.match(MAPPED, MAPPED_BITS);
}

/** The network of one subscriber, which counts as one client: a whole /64 of IPv6, or one IPv4 address. */
export function subscriberNetworkOf(address: string): string {
  return isIP(address) === 6 ? (networkOf(address, { ipv4: 32, ipv6: 64 }) ?? address) : address;
}

/**
 * Finds the network of an address: `192.0.2.0/24`, `2001:db8:0::/48`.
 * @param address in the form of `plainAddress`
 * @param bits the length of the network; for IPv6 a multiple of 16, since the text holds whole groups
 * @returns null for a text that is not an address
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
 * Reads a range, such as `10.0.0.0/8` or `::1`. An IPv6 range that covers mapped IPv4 addresses also gives their IPv4
 * range, because `plainAddress` writes these addresses as IPv4.
 * @returns null for a text that is neither a range nor an address, and for a mapped address with fewer than 96 bits:
 * `::ffff:10.0.0.0/8` looks like ten networks of IPv4, but is all of IPv4 and more
 */
export function addressRanges(text: string): AddressRange[] | null {
  const [, address = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const parsed = parse(address);
  if (parsed === null) return null;
  const longest = parsed instanceof ipaddr.IPv6 ? 128 : 32;
  const bits = length === undefined ? longest : Number(length);
  if (bits > longest) return null;
  const range: AddressRange = [parsed, bits];
  if (isMapped(parsed) && bits < MAPPED_BITS) return null;
  if (parsed instanceof ipaddr.IPv4 || !MAPPED.match(parsed, Math.min(bits, MAPPED_BITS))) return [range];
  return [range, bits < MAPPED_BITS ? ALL_OF_IPV4 : [parsed.toIPv4Address(), bits - MAPPED_BITS]];
}

/** @param address in the form of `plainAddress` */
export function isInRanges(address: string, ranges: readonly AddressRange[]): boolean {
  if (ranges.length === 0) return false;
  const parsed = parse(address);
  if (parsed === null) return false;
  return ranges.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
}

/** Whether an address can be reached from this machine only. */
export function isLoopback(text: string): boolean {
  const address = plainAddress(text);
  return address !== null && parse(address)?.range() === 'loopback';
}

/**
 * `isIP` decides whether a text is an address, because ipaddr.js also accepts 127.1, 0x7f.0.0.1, 010.0.0.1 and
 * 2130706433. It wrongly reads `::1.2.3.4` (RFC 4291 2.5.5.1) as `::ffff:1.2.3.4`, but reads `0::1.2.3.4` correctly.
 */
function parse(text: string): Parsed | null {
  const version = isIP(text);
  if (version === 4) return ipaddr.IPv4.parse(text);
  if (version === 6) return ipaddr.IPv6.parse(text.replace(/%.*$/, '').replace(/^::(?=\d+\.)/, '0::'));
  return null;
}
