import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import request from 'supertest';
import { HTTP_ADAPTERS } from '../../src/config/http-adapters.js';
import { PARTS } from '../../src/config/parts.js';
import { PASSWORD } from '../support/application.js';
import { until } from '../support/until.js';
import { databaseUrl, ServerProcess, temporaryDirectory } from './server-process.js';

const STOPPED = { code: 0, signal: null };
/** Milliseconds after which a start is interrupted: before, while and after the database is opened. */
const MOMENTS = [100, 400, 800, 1200, 1600, 2400];

describe('SIGTERM', () => {
  let directory = '';
  let url = '';
  const start = (variables: Record<string, string> = {}): Promise<ServerProcess> =>
    ServerProcess.start({
      directory,
      variables: { DATABASE_URL: url, LOG_LEVEL: 'warn', STOP_SECONDS: '4', ...variables },
    });

  beforeAll(() => {
    directory = temporaryDirectory();
    url = databaseUrl(directory);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('during the start ends the server, which can start again', async () => {
    const variables = { DATABASE_URL: url, LOG_LEVEL: 'warn' };
    for (const moment of MOMENTS) {
      const server = ServerProcess.begin({ directory, variables });
      await pause(moment);
      const { code, signal } = await server.stop();
      // Node itself ends by the signal until it has read the first line of ours.
      expect(code === 0 || (code === null && signal === 'SIGTERM')).toBe(true);
      expect(server.stderr).toBe('');
    }
    expect(await (await start()).stop()).toEqual(STOPPED);
  });

  it('a second time, and SIGINT, act as the first: no request is cut', async () => {
    const server = await start();
    const client = await Client.to(server.url);
    client.send(
      'POST /sign_up HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{',
    );
    await pause(100);
    for (const signal of ['SIGTERM', 'SIGTERM', 'SIGINT'] as const) {
      server.kill(signal);
      await pause(100);
    }
    client.send('}');
    expect(await client.answer()).toMatch(/^HTTP\/1\.1 422 .*\r\nConnection: close\r\n/is);
    expect(await server.ended).toEqual(STOPPED);
    expect(server.stderr).toBe('');
  });

  it('does not wait for a client that keeps a connection and sends nothing', async () => {
    const server = await start();
    const clients = [await Client.to(server.url), await Client.to(server.url)];
    clients[1]!.send('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => clients[1]!.text.includes('ok'));
    expect(await server.stop()).toEqual(STOPPED);
    expect(server.stderr).toBe('');
  });

  it('waits for a request that does not end until STOP_SECONDS, exits with 1 and says so', async () => {
    const server = await start();
    const client = await Client.to(server.url);
    client.send(
      'POST /sign_up HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{',
    );
    await pause(100);
    expect(await server.stop()).toEqual({ code: 1, signal: null });
    expect(server.stderr).toMatch(
      /^Stopped after STOP_SECONDS \(4\) without waiting any longer for 1 request\n$/,
    );
  });

  for (const adapter of HTTP_ADAPTERS) {
    it(`answers what arrives while the server closes as before, on ${adapter}`, async () => {
      const server = await start({ HTTP_ADAPTER: adapter });
      const clients = [await Client.to(server.url), await Client.to(server.url)];
      for (const client of clients) client.send('GET /me HTTP/1.1\r\nHost: x\r\n');
      await pause(100);
      server.kill('SIGTERM');
      await until(() => refuses(server.url));
      for (const client of clients) client.send('\r\n');
      for (const client of clients) {
        const answer = await client.answer();
        expect(answer).toMatch(/^HTTP\/1\.1 401 /);
        expect(answer).toMatch(/\r\nConnection: close\r\n/i);
        expect(answer).toMatch(/"code":"authentication_required"/);
      }
      expect(await server.ended).toEqual(STOPPED);
    });
  }

  /** Skipped if `PARTS` has another mail transport. */
  (PARTS.mail === undefined ? it : it.skip)('does not wait for a mail server that is silent', async () => {
    const silent = await SilentServer.listen();
    const server = await start({ SMTP_URL: `smtp://127.0.0.1:${silent.port}` });
    await request(server.url)
      .post('/sign_up')
      .send({ email: 'silent@example.com', password: PASSWORD, password_confirmation: PASSWORD })
      .expect(201);
    await until(() => silent.connections > 0);
    expect(await server.stop()).toEqual(STOPPED);
    expect(server.stderr).toMatch(
      /^(Stopped after STOP_SECONDS \(4\) .*the mail server or the database\n)?$/,
    );
    silent.close();
  });
});

async function refuses(url: string): Promise<boolean> {
  const client = await Client.to(url).catch(() => null);
  client?.close();
  return client === null;
}

class Client {
  text = '';

  private constructor(private readonly socket: Socket) {
    socket.on('data', (data) => (this.text += data.toString()));
    socket.on('error', () => undefined);
  }

  static async to(url: string): Promise<Client> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new Client(socket);
  }

  send(text: string): void {
    this.socket.write(text);
  }

  async answer(): Promise<string> {
    if (!this.socket.closed) await once(this.socket, 'close');
    return this.text;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Accepts connections and never says anything. */
class SilentServer {
  connections = 0;
  private readonly sockets: Socket[] = [];

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.connections += 1;
      this.sockets.push(socket);
      socket.on('error', () => undefined);
    });
  }

  static async listen(): Promise<SilentServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SilentServer(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}
