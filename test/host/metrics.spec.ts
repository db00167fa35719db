import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { Database } from '../../src/authentication/core/database/database.js';
import { ThrottleStorage } from '../../src/authentication/http/throttling/throttle-storage.js';
import { HTTP_ADAPTERS } from '../../src/config/http-adapters.js';
import { serverSettings } from '../../src/config/settings.js';
import { AuthenticationCounters } from '../../src/metrics/authentication-counters.js';
import { Metrics } from '../../src/metrics/metrics.js';
import { Recent } from '../../src/metrics/recent.js';
import { Registry } from 'prom-client';
import { isEmbedded, PASSWORD, type TestApplication } from '../support/application.js';
import { freePort, startHost } from '../support/host.js';
import { openRedis } from '../support/redis.js';
import { until } from '../support/until.js';
import { rawRequest } from './raw-request.js';
import { Scrape } from './scrape.js';
import { databaseUrl, ServerProcess, temporaryDirectory } from './server-process.js';

const METRICS_PORT = '0';
const WRONG = 'this is not the password';
const STARTED = 'authentication_sign_ins_total{outcome="started",code="none"}';
const REFUSED = 'authentication_sign_ins_total{outcome="refused",code="invalid_credentials"}';
const requests = (method: string, route: string, status: string): string =>
  `http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"}`;

for (const adapter of HTTP_ADAPTERS) {
  describe(`GET /metrics on ${adapter}`, () => {
    let app: TestApplication;
    let url: string;

    beforeAll(async () => {
      app = await startHost({ adapter, variables: { METRICS_PORT } });
      ({ url } = app.get(Metrics));
    });
    afterAll(() => app.close());

    const scrape = () => Scrape.of(url);

    it('is on a port of its own and on the loopback address, and not on the public port', async () => {
      const { hostname, port } = new URL(url);
      expect(hostname).toBe('127.0.0.1');
      expect(port).not.toBe(new URL(app.url).port);
      expect((await fetch(`${app.url}/metrics`)).status).toBe(404);
    });

    it('answers GET and HEAD at this path, and nothing else', async () => {
      const answer = await fetch(url);
      expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      const head = await fetch(url, { method: 'HEAD' });
      expect([head.status, await head.text()]).toEqual([200, '']);
      expect((await fetch(`${url}?name=value`)).status).toBe(200);
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const refused = await fetch(url, { method });
        expect([method, refused.status, refused.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD']);
      }
      for (const path of ['/', '/metrics/', '/METRICS', '/metrics/x', '//metrics', '/health/ready', '/me'])
        expect([path, (await fetch(new URL(url).origin + path)).status]).toEqual([path, 404]);
    });

    it('counts what was done', async () => {
      const before = await scrape();
      const { email, token } = await app.person();
      await app.signIn(email);
      await app.anonymous.post('/sign_in').send({ email, password: WRONG }).expect(401);
      await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
      await app.as(token).get('/me').expect(200);
      await app.as('A'.repeat(43)).get('/me').expect(401);
      await app.as(token).get('/sessions/999999').expect(404);
      await app.mailbox.settled();
      const wanted: Record<string, number> = {
        [STARTED]: 2,
        [REFUSED]: 1,
        'authentication_sign_ups_total{outcome="created"}': 1,
        'authentication_password_resets_total{step="requested"}': 1,
        'authentication_events_total{event="token_refused"}': 1,
        authentication_hash_duration_seconds_count: 4,
        authentication_hash_wait_seconds_count: 4,
        'authentication_guard_duration_seconds_count{result="accepted"}': 2,
        'authentication_guard_duration_seconds_count{result="refused"}': 1,
        'authentication_mails_total{result="sent"}': 2,
        [requests('POST', '/sign_in', '2xx')]: 2,
        [requests('POST', '/sign_in', '4xx')]: 1,
        [requests('GET', '/me', '2xx')]: 1,
        [requests('GET', '/me', '4xx')]: 1,
        [requests('GET', '/sessions/:id', '4xx')]: 1,
      };
      // A request is measured when its answer has left, which is after the client has it.
      const counted = async () => {
        const after = await scrape();
        return Object.fromEntries(
          Object.keys(wanted).map((name) => [name, (after.get(name) ?? 0) - (before.get(name) ?? 0)]),
        );
      };
      await until(async () => (await counted())[requests('GET', '/sessions/:id', '4xx')] === 1);
      expect(await counted()).toEqual(wanted);
    });

    it('shows queue, pool, mails, database and process', async () => {
      const seen = await scrape();
      for (const name of ['authentication_hashes_running', 'authentication_hashes_waiting'])
        expect([name, seen.get(name)]).toEqual([name, 0]);
      expect(seen.get('authentication_pool_connections')).toBeGreaterThan(0);
      expect(seen.get('authentication_pool_idle_connections')).toBeGreaterThanOrEqual(0);
      expect(seen.get('authentication_pool_waiting_requests')).toBeGreaterThanOrEqual(0);
      expect(seen.get('authentication_pool_max_connections')).toBe(app.get(Database).pool.options.max);
      expect(seen.get('authentication_database_up')).toBe(1);
      expect(seen.get('authentication_mails_waiting')).toBeGreaterThanOrEqual(0);
      expect(seen.get('authentication_mails_set_aside')).toBe(0);
      expect(seen.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
      expect(seen.get('nodejs_heap_size_used_bytes')).toBeGreaterThan(0);
      // Without REDIS_URL there is no store that could be away.
      expect(seen.kinds.has('authentication_throttle_store_up')).toBe(true);
      expect(seen.get('authentication_throttle_store_up')).toBeUndefined();
    });

    it('has no more series after hundreds of different inputs', async () => {
      const { token } = await app.person();
      const send = async (index: number) => {
        const text = `x${index}-${Math.random().toString(36).slice(2)}`;
        await app.anonymous.get(`/${text}`);
        await app.anonymous.get(`/sessions/${text}?token=${text}`).set('X-Session-Token', text);
        await app.as(token).get(`/sessions/${index + 1_000_000}`);
        await fetch(`${app.url}/sign_in`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'User-Agent': text },
          body: JSON.stringify({ email: `${text}@example.com`, password: index % 2 === 0 ? text : PASSWORD }),
        }).then((answer) => answer.arrayBuffer());
        await fetch(`${app.url}/me`, { method: 'DELETE', headers: { 'X-Forwarded-For': text } }).then(
          (answer) => answer.arrayBuffer(),
        );
        await fetch(`${url}?${text}`).then((answer) => answer.arrayBuffer());
      };
      const many = async (from: number, count: number) => {
        for (let index = from; index < from + count; index += 10)
          await Promise.all(Array.from({ length: 10 }, (_, next) => send(index + next)));
      };
      await many(0, 20);
      await rawRequest(app.url, 'PROPFIND /me');
      await rawRequest(app.url, 'MKCOL /x');
      const before = (await scrape()).series.size;
      await many(20, 100);
      await rawRequest(app.url, 'LOCK /me');
      await rawRequest(app.url, 'SUBSCRIBE /y');
      const after = await scrape();
      // Not 0: on a busy machine a request may be answered 503, whose status is new.
      expect(after.series.size - before).toBeLessThan(60);
      expect(after.series.size).toBeLessThan(600);
      expect(after.text).not.toMatch(/example\.com|127\.0\.0\.1|x\d+-/);
    });

    it('answers while no connection to the database is free, without what only the database knows', async () => {
      const { pool } = app.get(Database);
      const held = await Promise.all(Array.from({ length: isEmbedded() ? 1 : 8 }, () => pool.connect()));
      try {
        // The last answer of the database is shown for some seconds more.
        const seen = await until(async () => {
          const now = await scrape();
          return now.get('authentication_database_up') === 0 && now;
        });
        expect(seen.get('authentication_mails_waiting')).toBeUndefined();
        expect(seen.get('authentication_mail_oldest_age_seconds')).toBeUndefined();
        expect(seen.get('authentication_mails_set_aside')).toBeUndefined();
        expect(seen.series.has(STARTED)).toBe(true);
      } finally {
        for (const client of held) client.release();
      }
      const healed = await until(async () => {
        const now = await scrape();
        return now.get('authentication_database_up') === 1 && now;
      });
      expect(healed.get('authentication_mails_set_aside')).toBe(0);
    });
  });
}

describe('the state of the throttle store', () => {
  it('is in the metrics with REDIS_URL', async () => {
    const redis = await openRedis();
    if (redis === null) return;
    const variables = { METRICS_PORT, REDIS_URL: `redis://${redis.host}:${redis.port}` };
    const app = await startHost({ variables });
    expect(app.get(ThrottleStorage).isShared).toBe(true);
    expect((await Scrape.of(app.get(Metrics).url)).get('authentication_throttle_store_up')).toBe(1);
    await app.close();
    await redis.stop();
  });

  it('is 0 while Redis is away', async () => {
    const gone = `redis://127.0.0.1:${await freePort()}`;
    const app = await startHost({ variables: { METRICS_PORT, REDIS_URL: gone } });
    await app.anonymous.post('/sign_in').send({ email: 'a@example.com', password: WRONG }).expect(401);
    expect((await Scrape.of(app.get(Metrics).url)).get('authentication_throttle_store_up')).toBe(0);
    await app.close();
  });
});

describe('labels', () => {
  it('have a bounded number of values, even for names that the code would make up', async () => {
    const registry = new Registry();
    const counters = new AuthenticationCounters(registry);
    const name = (index: number) => `made_up_${index}`;
    for (let index = 0; index < 5000; index += 1) {
      counters.outcome(name(index), null);
      counters.outcome('sign_in_failed', name(index));
      counters.outcome('throttled', name(index));
    }
    const { series } = new Scrape(await registry.metrics());
    expect(series.get('authentication_events_total{event="other"}')).toBe(5000 - 150);
    expect(series.size).toBeLessThan(600);
  });
});

describe('Recent', () => {
  it('asks once for many readers, and again when the answer is old', async () => {
    let asked = 0;
    const recent = new Recent(() => Promise.resolve((asked += 1)), 60_000);
    expect(await Promise.all([recent.read(), recent.read(), recent.read()])).toEqual([1, 1, 1]);
    expect(await recent.read()).toBe(1);
    const old = new Recent(() => Promise.resolve((asked += 1)), 0);
    expect([await old.read(), await old.read()]).toEqual([2, 3]);
  });

  it('is null while the question fails, and while it takes too long; it never asks twice at a time', async () => {
    let answer: ((value: string) => void) | undefined;
    let asked = 0;
    const slow = new Recent(
      () => {
        asked += 1;
        return new Promise<string>((resolve) => (answer = resolve));
      },
      60_000,
      20,
    );
    expect([await slow.read(), await slow.read(), asked]).toEqual([null, null, 1]);
    answer?.('late');
    expect([await slow.read(), asked]).toEqual(['late', 1]);
    const failing = new Recent(() => Promise.reject(new Error('away')), 0);
    expect(await failing.read()).toBeNull();
  });
});

describe('METRICS_PORT', () => {
  const SECRET_KEY = Buffer.alloc(32, 7).toString('base64');
  const settings = (variables: Record<string, string>) => serverSettings({ SECRET_KEY, ...variables });

  it('is unset by default: nothing listens, and nothing is counted', async () => {
    expect(settings({}).metrics).toBeNull();
    expect(settings({ METRICS_HOST: '0.0.0.0' }).metrics).toBeNull();
    expect(settings({ METRICS_PORT: '9464' }).metrics).toEqual({ host: '127.0.0.1', port: 9464 });
    const app = await startHost();
    expect(() => app.get(Metrics)).toThrow();
    await app.close();
  });

  it('must be a port, and another than PORT', () => {
    expect(() => settings({ METRICS_PORT: 'x' })).toThrow(
      'METRICS_PORT takes a whole number from 0 to 65535; it got "x"',
    );
    expect(() => settings({ METRICS_PORT: '3000' })).toThrow(
      'METRICS_PORT takes another port than PORT; it got "3000"',
    );
  });

  it('stops the start with one line when the port is taken, or the address is not of this machine', async () => {
    const directory = temporaryDirectory();
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const port = (taken.address() as { port: number }).port;
    const DATABASE_URL = databaseUrl(directory);
    const variables = { DATABASE_URL, METRICS_PORT: String(port) };
    const refused = await ServerProcess.refused({ directory, variables });
    taken.close();
    expect([refused.code, refused.stderr]).toEqual([
      1,
      `METRICS_PORT ${port} is already in use on 127.0.0.1: stop the program that uses it, or set another METRICS_PORT\n`,
    ]);
    const elsewhere = await ServerProcess.refused({
      directory,
      variables: { ...variables, METRICS_HOST: '192.0.2.1' },
    });
    expect([elsewhere.code, elsewhere.stderr]).toEqual([
      1,
      'METRICS_HOST 192.0.2.1 is not an address of this machine\n',
    ]);
    rmSync(directory, { recursive: true, force: true });
  });

  for (const adapter of HTTP_ADAPTERS) {
    it(`does not hold the exit while a scraper keeps its connection, on ${adapter}`, async () => {
      const directory = temporaryDirectory();
      const port = await freePort();
      const server = await ServerProcess.start({
        directory,
        variables: {
          HTTP_ADAPTER: adapter,
          DATABASE_URL: databaseUrl(directory),
          METRICS_PORT: String(port),
          LOG_LEVEL: 'warn',
        },
      });
      const silent = connect(port, '127.0.0.1').on('error', () => undefined);
      await once(silent, 'connect');
      silent.write('GET /metrics HTTP/1.1\r\n');
      await Scrape.of(`http://127.0.0.1:${port}/metrics`);
      expect(await server.stop()).toEqual({ code: 0, signal: null });
      expect(server.stderr).toBe('');
      silent.destroy();
      rmSync(directory, { recursive: true, force: true });
    });
  }
});
