import type { Problem } from '../../core/problems/problem.js';
import { RepeatedHeader, TooManyHeaderLines } from '../../core/problems/problems.js';
import type { HttpRequest } from './http.js';

/** Express's request is Node's own; Fastify's holds it in `raw`. */
interface RawRequest {
  readonly rawHeaders?: readonly string[];
  readonly raw?: { readonly rawHeaders?: readonly string[] };
}

/**
 * Node drops header lines beyond 2,000 without a word (`server.maxHeadersCount`), and `rawHeaders` does not have them
 * either. A client could so drop what a proxy appends, such as `X-Forwarded-For`, or hide a second token. A request with
 * far fewer lines is refused, whatever the host has set; browsers and proxies send some dozens.
 */
const MAX_LINES = 1000;

/**
 * All lines of a header. Of several `Authorization` or `Host` lines, `headers` holds the first alone, and it joins the
 * lines of most others. A single line is read from `headers`, where the host may have changed it.
 * @param name in lower case
 */
export function headerLines(request: HttpRequest & RawRequest, name: string): readonly string[] {
  const lines = rawLines(rawHeadersOf(request), name);
  if (lines.length > 1) return lines;
  const value = request.headers[name];
  return value === undefined ? [] : [String(value)];
}

/** What no request to us may have: so many lines that Node may have dropped some, or two hosts. */
export function faultOfLines(request: HttpRequest & RawRequest): Problem | undefined {
  if (rawHeadersOf(request).length >= 2 * MAX_LINES) return new TooManyHeaderLines();
  return isRepeated(request, 'host') ? new RepeatedHeader() : undefined;
}

/** @throws RepeatedHeader if one of the headers was sent in two lines: another server may read the other one */
export function refuseRepeated(request: HttpRequest, names: readonly string[]): void {
  if (names.some((name) => isRepeated(request, name))) throw new RepeatedHeader();
}

export function isRepeated(request: HttpRequest, name: string): boolean {
  // Most requests do not have it, and their lines need not be read.
  return request.headers[name] !== undefined && headerLines(request, name).length > 1;
}

/** Of Node.js: names and values in turn. */
export function rawHeadersOf(request: object): readonly string[] {
  const { raw, rawHeaders } = request as RawRequest;
  return raw?.rawHeaders ?? rawHeaders ?? [];
}

/** @param raw names and values in turn, as in Node's `rawHeaders` */
function rawLines(raw: readonly string[], name: string): string[] {
  const lines: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const sent = raw[index] ?? '';
    if (sent.length === name.length && sent.toLowerCase() === name) lines.push(raw[index + 1] ?? '');
  }
  return lines;
}
