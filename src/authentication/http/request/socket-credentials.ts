import type { HttpRequest } from './http.js';

/** The names under which `bearerToken` looks for a token. */
const TOKEN_HEADERS = ['authorization', 'x-session-token'];
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
 * @param given by the client, of any shape; the names of headers that hold a token, in any case, are read
 */
export function withCredentials(request: OpeningRequest, given: object): HttpRequest {
  const headers = textsOf(request.headers);
  const rawHeaders = [...((request as { rawHeaders?: readonly string[] }).rawHeaders ?? [])];
  for (const [key, value] of Object.entries(given) as [string, unknown][]) {
    const name = key.toLowerCase();
    if (!TOKEN_HEADERS.includes(name) || typeof value !== 'string') continue;
    const token = value.slice(0, LONGEST_VALUE);
    headers[name] = [headers[name] ?? [], token].flat().join(', ');
    rawHeaders.push(name, token);
  }
  const { socket } = request;
  return { method: 'GET', headers, ...(socket === undefined ? {} : { socket }), ...{ rawHeaders } };
}

/** Mercurius adds to the headers whatever the client sent when it connected: also numbers and objects. */
function textsOf(headers: object): Record<string, string | string[]> {
  const texts: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers) as [string, unknown][]) {
    if (typeof value === 'string') texts[name] = value.slice(0, LONGEST_VALUE);
    else if (Array.isArray(value))
      texts[name] = value.filter((item): item is string => typeof item === 'string');
  }
  return texts;
}
