import { Readable } from 'node:stream';
import type { HttpRequest } from './http.js';

/**
 * Whether a body that the host did not parse has nothing in it. One without a length (`Transfer-Encoding: chunked`) is
 * read until its first bytes, or its end. Gateways send such a body with a GET (reactor-netty#3548,
 * go-openapi/runtime#148).
 */
export async function isEmptyBody(request: HttpRequest & { readonly raw?: unknown }): Promise<boolean> {
  const { body, headers } = request;
  if (headers['transfer-encoding'] === undefined) return Number(headers['content-length'] ?? 0) === 0;
  if (typeof body === 'string') return body === '';
  if (typeof body === 'object' && body !== null && Object.keys(body).length > 0) return false;
  const stream = request.raw ?? request;
  return !(stream instanceof Readable) || stream.readableEnded || (await endsWithoutBytes(stream));
}

function endsWithoutBytes(stream: Readable): Promise<boolean> {
  return new Promise((resolve) => {
    stream.once('readable', () => {
      const bytes: unknown = stream.read();
      resolve(bytes === null);
      // The rest must be read, or the connection could not be used again.
      stream.resume();
    });
    stream.once('close', () => resolve(false));
  });
}
