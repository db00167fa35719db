import { ConflictingTokens } from '../../core/problems/problems.js';
import { headerLines } from './header-lines.js';
import type { HttpRequest } from './http.js';

const SCHEME = /^bearer(?: +|$)/i;
/** Parts of one line. Two different ones are refused, so more need not be read. */
const MOST_PARTS = 16;

/** The token of a request, from `Authorization` or `X-Session-Token`. @throws ConflictingTokens for two tokens */
export function bearerToken(request: HttpRequest): string | null {
  const { authorization, 'x-session-token': own } = request.headers;
  // Most requests have one header with one token. Node joins the lines of this one by commas.
  if (authorization === undefined && typeof own === 'string' && !own.includes(',')) return own.trim() || null;
  const bearers = headerLines(request, 'authorization').flatMap(bearersIn);
  const given = headerLines(request, 'x-session-token').flatMap(partsOf);
  const tokens = new Set([...bearers, ...given]);
  if (tokens.size > 1) throw new ConflictingTokens();
  const [token = null] = tokens;
  return token;
}

/** A part with a space has another scheme. One without a space and a scheme belongs to the bearer token before it. */
function bearersIn(line: string): string[] {
  const parts = partsOf(line);
  if (!parts.some((part) => SCHEME.test(part))) return [];
  return parts.map((part) => part.replace(SCHEME, '')).filter((part) => part !== '' && !part.includes(' '));
}

/** A proxy may have joined several lines into one list (RFC 9110, 5.3). */
function partsOf(line: string): string[] {
  return line
    .split(',', MOST_PARTS)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
