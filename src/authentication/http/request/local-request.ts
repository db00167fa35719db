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

/**
 * Whether a request comes from this machine, without a proxy and for a local host name. The host name is checked because
 * the page of another site can send requests to this machine, but only under its own name (DNS rebinding).
 */
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
