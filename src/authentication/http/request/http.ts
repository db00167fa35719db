import type { IncomingHttpHeaders } from 'node:http';

/** The properties of a request that we use. Express and Fastify share them. */
export interface HttpRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body?: unknown;
  readonly query?: unknown;
  readonly params?: unknown;
  readonly socket?: { readonly remoteAddress?: string | undefined };
}

/** The methods of a response that we use. Express and Fastify share them. */
export interface HttpResponse {
  header(name: string, value: string): unknown;
  getHeader(name: string): unknown;
  status(code: number): unknown;
}

/** The media type of a header, without parameters. */
export function mediaType(header: string | undefined): string {
  return (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
