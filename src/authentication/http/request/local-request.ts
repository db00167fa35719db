import { isIP } from 'node:net';
import type { HttpRequest } from './http.js';

const FORWARDING_HEADERS = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
];

/** A loopback peer that asks for a local name, with no proxy in between: a page of another site cannot (DNS rebinding). */
export function isLocal({ headers, socket }: HttpRequest): boolean {
  const peer = (socket?.remoteAddress ?? '').replace(/^::ffff:/, '');
  const name = URL.canParse(`http://${headers.host ?? ''}`)
    ? new URL(`http://${headers.host ?? ''}`).hostname
    : '';
  return isLoopback(peer) && isLocalName(name) && !FORWARDING_HEADERS.some((header) => header in headers);
}

function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

function isLocalName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isLoopback(name.replace(/^\[|\]$/g, ''));
}
