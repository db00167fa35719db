import { isLoopback } from '../../core/clients/address.js';
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
  const name = URL.canParse(`http://${headers.host ?? ''}`)
    ? new URL(`http://${headers.host ?? ''}`).hostname
    : '';
  return (
    isLoopback(socket?.remoteAddress ?? '') &&
    isLocalName(name) &&
    !FORWARDING_HEADERS.some((header) => header in headers)
  );
}

function isLocalName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isLoopback(name.replace(/^\[|\]$/g, ''));
}
