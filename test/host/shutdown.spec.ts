import { Agent, request as httpRequest } from 'node:http';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import request from 'supertest';
import { PARTS } from '../../src/config/parts.js';
import { HTTP_ADAPTERS } from '../../src/config/http-adapters.js';
import { PASSWORD } from '../support/application.js';
import { SmtpSink } from '../support/smtp.js';
import { until } from '../support/until.js';
import { databaseUrl, ServerProcess, temporaryDirectory } from './server-process.js';

const CLIENTS = 8;
/** CI sets more rounds. */
const ROUNDS = Number(process.env['TEST_ROUNDS'] ?? 1);

/** Skipped if `PARTS` has another mail transport: this spec reads what the server sends by SMTP. */
const describeSmtp = PARTS.mail === undefined ? describe : describe.skip;

describeSmtp('SIGTERM under load', () => {
  for (const adapter of HTTP_ADAPTERS) {
    it(`answers every request and returns unsent mails to the queue, on ${adapter}`, async () => {
      const directory = temporaryDirectory();
      const sink = await SmtpSink.listen();
      const variables = {
        HTTP_ADAPTER: adapter,
        DATABASE_URL: databaseUrl(directory),
        SMTP_URL: sink.url,
        DRAIN_SECONDS: '3',
        LOG_LEVEL: 'warn',
      };
      const signedUp: string[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const server = await ServerProcess.start({ directory, variables });
        const load = new Load(server.url, `${adapter}.${round}`);
        await until(() => load.answered > 2 * CLIENTS);
        const late = await slowRequest(server.url);
        server.kill('SIGTERM');
        await until(async () => (await readiness(server.url)) === 503, 3000);
        // A load balancer needs a moment to notice. Until then it sends requests, which must be answered.
        await pause(300);
        await load.end();
        const ending = await Promise.all([late.finish(3200), server.ended]);
        expect(ending).toEqual([422, { code: 0, signal: null }]);
        expect(load.failures).toEqual([]);
        expect(server.stderr).toBe('');
        signedUp.push(...load.signedUp);
      }
      const server = await ServerProcess.start({ directory, variables });
      // A job that was not returned to the queue would wait for minutes.
      await until(() => signedUp.every((email) => sink.to(email).length > 0));
      expect(signedUp.length).toBeGreaterThan(0);
      expect(signedUp.filter((email) => sink.to(email).length !== 1)).toEqual([]);
      await server.stop();
      await sink.close();
      rmSync(directory, { recursive: true, force: true });
    }, 120_000);
  }
});

async function readiness(url: string): Promise<number> {
  return (await request(url).get('/health/ready')).status;
}

/** Clients that keep their connections open and send the next request as soon as they have an answer. */
class Load {
  readonly failures: string[] = [];
  readonly signedUp: string[] = [];
  answered = 0;
  private ended = false;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  private readonly running: Promise<void>[];

  constructor(
    private readonly url: string,
    private readonly name: string,
  ) {
    this.running = Array.from({ length: CLIENTS }, (_, client) => this.run(client));
  }

  async end(): Promise<void> {
    this.ended = true;
    await Promise.all(this.running);
    this.agent.destroy();
  }

  private async run(client: number): Promise<void> {
    for (let turn = 0; !this.ended; turn += 1) {
      const email = `${this.name}.${client}.${turn}@example.com`;
      const isSignUp = turn % 4 === 0;
      const wanted = isSignUp ? 201 : 401;
      try {
        const status = isSignUp ? await this.signUp(email) : await this.send('GET', '/me');
        if (status !== wanted) this.failures.push(`answered ${status}`);
        else if (isSignUp) this.signedUp.push(email);
        this.answered += 1;
      } catch (error) {
        this.failures.push((error as Error).message);
      }
    }
  }

  private signUp(email: string): Promise<number> {
    return this.send('POST', '/sign_up', { email, password: PASSWORD, password_confirmation: PASSWORD });
  }

  private send(method: string, path: string, body?: object): Promise<number> {
    return new Promise((done, fail) => {
      const headers = { 'Content-Type': 'application/json' };
      const sent = httpRequest(new URL(path, this.url), { method, agent: this.agent, headers }, (answer) => {
        answer.resume().on('end', () => done(answer.statusCode ?? 0));
        answer.on('error', fail);
      });
      sent.on('error', fail);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

/** Starts a request whose body is incomplete. @returns a function that sends the rest and resolves to the status */
async function slowRequest(url: string): Promise<{ finish: (after: number) => Promise<number> }> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (data) => (answer += data.toString()));
  socket.on('error', () => undefined);
  const body = '{}';
  socket.write(
    `POST /sign_up HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n{`,
  );
  await pause(50);
  return {
    finish: async (after) => {
      await pause(after);
      socket.write('}');
      await new Promise((done) => socket.once('close', done));
      return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
    },
  };
}
