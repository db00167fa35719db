import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIP, type AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { SettingError } from '../authentication/core/settings/environment.js';

const PATH = '/metrics';
/** A scraper sends a few hundred bytes. */
const PATIENCE_MS = 10_000;

/** Answers `GET /metrics` on an address of its own: what it tells is not for those who use the public port. */
export class MetricsListener {
  private readonly server: Server;

  constructor(private readonly registry: Registry) {
    this.server = createServer(
      { requestTimeout: PATIENCE_MS, headersTimeout: PATIENCE_MS },
      (request, response) => {
        void this.answer(request, response);
      },
    );
    this.server.maxConnections = 50;
    // The process may end while a scraper keeps its connection.
    this.server.unref();
  }

  /** @throws SettingError */
  async listen(host: string, port: number): Promise<string> {
    try {
      this.server.listen(port, host);
      await once(this.server, 'listening');
    } catch (error) {
      throw refusalOf(error as NodeJS.ErrnoException, host, port);
    }
    const { address, port: given } = this.server.address() as AddressInfo;
    return `http://${isIP(address) === 6 ? `[${address}]` : address}:${given}${PATH}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (url.split('?', 1)[0] !== PATH) {
      send(response, 404, 'Only /metrics is here.\n');
    } else if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      send(response, 405, 'Only GET and HEAD are answered.\n');
    } else {
      const text = await this.registry.metrics().catch(() => null);
      if (text === null) send(response, 500, 'The metrics could not be collected.\n');
      else send(response, 200, text, this.registry.contentType);
    }
  }
}

/** Node.js sends no body in answer to HEAD. */
function send(
  response: ServerResponse,
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' });
  response.end(text);
}

function refusalOf({ code, message }: NodeJS.ErrnoException, host: string, port: number): SettingError {
  if (code === 'EADDRINUSE') {
    return new SettingError(
      `METRICS_PORT ${port} is already in use on ${host}: stop the program that uses it, or set another METRICS_PORT`,
    );
  }
  if (code === 'EACCES')
    return new SettingError(`This user may not listen on METRICS_PORT ${port}: set another METRICS_PORT`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new SettingError(`METRICS_HOST ${host} is not an address of this machine`);
  return new SettingError(`METRICS_PORT ${port} on METRICS_HOST ${host} cannot be used: ${message}`);
}
