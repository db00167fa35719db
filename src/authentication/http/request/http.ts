import type { IncomingHttpHeaders } from 'node:http';

/** What we use of a request: the part that Express and Fastify share. */
export interface HttpRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body?: unknown;
  readonly query?: unknown;
  readonly socket?: { readonly remoteAddress?: string | undefined };
}

/** What we use of a response: the part that Express and Fastify share. */
export interface HttpResponse {
  header(name: string, value: string): unknown;
  status(code: number): unknown;
}

/** The media type of a header, without parameters. */
export function mediaType(header: string | undefined): string {
  return (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
