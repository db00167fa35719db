import { ConflictingTokens } from '../problems/problems.js';
import type { HttpRequest } from '../requests/http.js';

/** The token of a request, from either header. @throws ConflictingTokens for two that differ */
export function bearerToken({ headers }: HttpRequest): string | null {
  const [, bearer = ''] = /^bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const given = headers['x-session-token'];
  const header = (Array.isArray(given) ? given.join(',') : (given ?? '')).trim();
  if (bearer !== '' && header !== '' && bearer !== header) throw new ConflictingTokens();
  return bearer || header || null;
}
