import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** What the service is asked for, and what it must never see. */
export function hashOf(password: string): { hash: string; prefix: string; suffix: string } {
  const hash = createHash('sha1').update(password).digest('hex').toUpperCase();
  return { hash, prefix: hash.slice(0, 5), suffix: hash.slice(5) };
}

/** A range as the service writes it: other passwords around the given lines. */
export function rangeOf(...lines: string[]): string {
  const others = ['other', 'another', 'a third'].map((password) => `${hashOf(password).suffix}:3`);
  return [...others, ...lines].sort().join('\r\n');
}

/** Stands in for the breach range API: keeps what it received, and answers as it is told. */
export class BreachApi {
  /** every byte after the method, a request an entry */
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

  /** Forgets what it received, and answers so from now on. */
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
