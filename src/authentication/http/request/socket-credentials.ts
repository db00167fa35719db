import { rawHeadersOf } from './header-lines.js';
import type { HttpRequest } from './http.js';

/**
 * The names under which `bearerToken` looks for a token, as clients write them. Other names are not read: a client may
 * send millions at once, and to go through them for each of its messages would stop the process for seconds.
 */
const TOKEN_NAMES = ['authorization', 'x-session-token'].flatMap((name) => [
  name,
  name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
  name.toUpperCase(),
]);
/** In characters. Node.js bounds headers in the same way, but not what a client sends through a WebSocket. */
const LONGEST_VALUE = 16_384;

/** What is used of the request that opened a WebSocket. `IncomingMessage` of Node.js has it. */
export type OpeningRequest = Pick<HttpRequest, 'headers' | 'socket'>;

export function hasHeaders(candidate: unknown): candidate is { headers: object } {
  if (typeof candidate !== 'object' || candidate === null) return false;
  const { headers } = candidate as { headers?: unknown };
  return typeof headers === 'object' && headers !== null;
}

/**
 * A copy of the request that opened a WebSocket, with the token that its client sent outside of the headers. Both are
 * kept when they differ, so that `bearerToken` refuses them as it does for a route.
 * @param given by the client, of any shape; the names of headers that hold a token are read, in lower case, in upper
 * case, or with capitals as in `X-Session-Token`
 */
export function withCredentials(
  request: OpeningRequest,
  given: object,
): HttpRequest & { rawHeaders: readonly string[] } {
  const headers = textsOf(request.headers);
  const rawHeaders = [...rawHeadersOf(request)];
  for (const key of TOKEN_NAMES) {
    const value: unknown = Object.getOwnPropertyDescriptor(given, key)?.value;
    if (typeof value !== 'string') continue;
    const name = key.toLowerCase();
    const token = value.slice(0, LONGEST_VALUE);
    headers[name] = headers[name] === undefined ? token : `${headers[name]}, ${token}`;
    rawHeaders.push(name, token);
  }
  const { socket } = request;
  return { method: 'GET', headers, rawHeaders, ...(socket === undefined ? {} : { socket }) };
}

/**
 * Mercurius adds to the headers whatever the client sent when it connected: also numbers, objects and lists. All headers
 * that are read are texts.
 */
function textsOf(headers: object): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers) as [string, unknown][]) {
    const lines = (Array.isArray(value) ? value : [value]).filter((line) => typeof line === 'string');
    if (lines.length > 0) texts[name] = lines.join(', ').slice(0, LONGEST_VALUE);
  }
  return texts;
}
