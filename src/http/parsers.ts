import type { IncomingHttpHeaders } from 'node:http';
import { parse } from 'node:querystring';
import { MalformedJson } from '../authentication/core/problems/problems.js';
import { mediaType } from '../authentication/http/request/http.js';

/** The media types that this server reads, on both adapters. A body of another type is answered 415 and not read. */
export const PARSERS: Readonly<Record<string, (body: Buffer) => unknown>> = {
  'application/json': parseJson,
  'application/x-www-form-urlencoded': parseForm,
};

export function parserOf(contentType: string | undefined): ((body: Buffer) => unknown) | undefined {
  return PARSERS[mediaType(contentType)];
}

/** Whether a body is compressed, or encoded in another way. We read none of these. */
export function isEncoded({ headers }: { headers: IncomingHttpHeaders }): boolean {
  return (headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity';
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** JSON is UTF-8; a charset has no effect (RFC 8259, sections 8.1 and 11). The error does not repeat the body. */
function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(utf8.decode(body)) as unknown;
  } catch {
    throw new MalformedJson();
  }
}

function parseForm(body: Buffer): unknown {
  return body.length === 0 ? undefined : { ...parse(body.toString(), '&', '=', { maxKeys: 20 }) };
}
