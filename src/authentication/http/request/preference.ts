import Negotiator from 'negotiator';
import { mediaType, type HttpRequest } from './http.js';

const JSON_TYPE = 'application/json';
/** In characters. Browsers send fewer than 200, and each type in the header costs time. */
const LONGEST_ACCEPT = 1000;

/**
 * Whether a request asks for JSON rather than for a page: by `Accept`, or by `Content-Type` as authentication-zero's
 * clients do. A mail scanner sends neither. A HEAD request never asks for JSON.
 */
export function wantsJson({ method, headers }: HttpRequest): boolean {
  const { accept = '' } = headers;
  if (method === 'HEAD' || accept.length > LONGEST_ACCEPT) return false;
  const accepted = acceptedTypes(accept);
  if (accepted.includes('text/html')) return false;
  // A type with `q=0` is not acceptable (RFC 9110, 12.4.2).
  const isNamed = accept.toLowerCase().includes(JSON_TYPE);
  return isNamed ? accepted.includes(JSON_TYPE) : mediaType(headers['content-type']) === JSON_TYPE;
}

function acceptedTypes(accept: string): string[] {
  return new Negotiator({ headers: { accept } }).mediaTypes().map((type) => type.toLowerCase());
}
