import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** The SHA-1 of a password: the service is asked for the prefix and must never see the suffix. */
export function hashOf(password: string): { hash: string; prefix: string; suffix: string } {
  const hash = createHash('sha1').update(password).digest('hex').toUpperCase();
  return { hash, prefix: hash.slice(0, 5), suffix: hash.slice(5) };
}

/** A range as the service writes it: other passwords around the given lines. */
export function rangeOf(...lines: string[]): string {
  const others = ['other', 'another', 'a third'].map((password) => `${hashOf(password).suffix}:3`);
  return [...others, ...lines].sort().join('\r\n');
}

/** Stands in for the breach range API: keeps the requests that it received, and gives the answer that was set. */
export class BreachApi {
  /** one entry for each request */
  readonly received: { method: string; path: string; headers: Record<string, unknown>; body: string }[] = [];
  private answer: Answer = (response) => response.end(rangeOf());

  private constructor(private readonly server: Server) {}

  static async start(): Promise<BreachApi> {
    const server = createServer((request, response) => void api.take(request, response));
    const api = new BreachApi(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forgets the received requests, and gives this answer from now on. */
  answers(answer: Answer | string): void {
    this.received.length = 0;
    this.answer = typeof answer === 'string' ? (response) => response.end(answer) : answer;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request;
    const chunks = (await request.toArray()) as Buffer[];
    this.received.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
    this.answer(response, request);
  }
}
