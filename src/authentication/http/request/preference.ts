import { mediaType, type HttpRequest } from './http.js';

/**
 * Whether a GET asks for the API rather than for a page: by `Accept`, or by `Content-Type` as authentication-zero's
 * clients do. A mail scanner sends neither, and HEAD never counts.
 */
export function wantsJson({ method, headers }: HttpRequest): boolean {
  if (method === 'HEAD') return false;
  const accepted = (headers.accept ?? '').split(',').map(mediaType);
  if (accepted.includes('text/html')) return false;
  return accepted.includes('application/json') || mediaType(headers['content-type']) === 'application/json';
}
