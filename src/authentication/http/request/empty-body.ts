import { Readable } from 'node:stream';
import type { HttpRequest } from './http.js';

/**
 * Whether a body without a length (`Transfer-Encoding: chunked`) that the host did not parse has nothing in it. Gateways
 * send one with a GET (reactor-netty#3548, go-openapi/runtime#148). Waits for the first bytes, or for the end.
 */
export async function isEmptyBody(request: HttpRequest & { readonly raw?: unknown }): Promise<boolean> {
  const { body } = request;
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
