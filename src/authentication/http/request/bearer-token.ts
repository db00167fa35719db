import { ConflictingTokens } from '../../core/problems/problems.js';
import type { HttpRequest } from './http.js';

/** The token of a request, from `Authorization` or `X-Session-Token`. @throws ConflictingTokens for two tokens */
export function bearerToken({ headers }: HttpRequest): string | null {
  const [, bearer = ''] = /^bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  // A header that was sent twice arrives as one list.
  const given = String(headers['x-session-token'] ?? '').split(',');
  const tokens = new Set([bearer, ...given.map((token) => token.trim())].filter((token) => token !== ''));
  if (tokens.size > 1) throw new ConflictingTokens();
  const [token = null] = tokens;
  return token;
}
