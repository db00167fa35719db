import { mediaType, type HttpRequest } from './http.js';

/**
 * Whether a request asks for JSON rather than for a page: by `Accept`, or by `Content-Type` as authentication-zero's
 * clients do. A mail scanner sends neither. A HEAD request never asks for JSON.
 */
export function wantsJson({ method, headers }: HttpRequest): boolean {
  if (method === 'HEAD') return false;
  const accepted = (headers.accept ?? '').split(',').map(mediaType);
  if (accepted.includes('text/html')) return false;
  return accepted.includes('application/json') || mediaType(headers['content-type']) === 'application/json';
}
