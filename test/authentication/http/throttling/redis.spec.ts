import { randomBytes } from 'node:crypto';
import type { SharedStore } from '../../../../src/authentication/http/throttling/shared-store.js';
import { ThrottleStorage } from '../../../../src/authentication/http/throttling/throttle-storage.js';
import { isEmbedded, startApplication, type TestApplication } from '../../../support/application.js';
import { Log } from '../../../support/log.js';
import { openRedis, type RedisServer } from '../../../support/redis.js';
import { until } from '../../../support/until.js';
import { Wire } from '../../../support/wire.js';

const LIMIT = 30;

/** An address in a /64 that no other run uses. */
function newAddress(): string {
  return `2001:db8:${randomBytes(2).toString('hex')}:${randomBytes(2).toString('hex')}::1`;
}

function start(redisUrl: string): Promise<TestApplication> {
  return startApplication({
    variables: { REDIS_URL: redisUrl, TRUSTED_PROXIES: '127.0.0.1', THROTTLE_FACTOR: '1' },
  });
}

async function post(app: TestApplication, address: string): Promise<number> {
  return (await app.anonymous.post('/sign_in').set('X-Forwarded-For', address).send({})).status;
}

async function spend(app: TestApplication, address: string, times: number): Promise<void> {
  for (let sent = 0; sent < times; sent += 1) expect(await post(app, address)).toBe(422);
}

/** Counts the requests for which Redis is asked. */
function commandsOf(app: TestApplication): { calls: number } {
  const { store } = app.get(ThrottleStorage) as unknown as { store: SharedStore };
  const counted = { calls: 0 };
  const send = store.redis.sendCommand.bind(store.redis);
  store.redis.sendCommand = (command, stream) => {
    // A ping asks aside, and what a new connection sends is not of a request either.
    if (/^(rlflx|eval)/.test(command.name)) counted.calls += 1;
    return send(command, stream);
  };
  return counted;
}

describe('a store at REDIS_URL', () => {
  let redis: RedisServer | null;
  let wire: Wire | undefined;

  beforeAll(async () => {
    redis = await openRedis();
    if (redis === null) {
      process.stderr.write(
        'NOT RUN: throttling with Redis. No Redis answers, and redis-server is not installed.\n',
      );
    } else {
      wire = await Wire.to(redis.host, redis.port);
    }
  });
  afterAll(async () => {
    await wire?.close();
    await redis?.stop();
  });

  it('lets instances share the counters of a client', async () => {
    if (wire === undefined) return;
    const address = newAddress();
    const url = `redis://127.0.0.1:${wire.port}`;
    const first = await start(url);
    await spend(first, address, LIMIT - 10);
    // The embedded database serves one application at a time.
    if (isEmbedded()) await first.close();
    const second = await start(url);
    await spend(second, address, 10);
    expect(await post(second, address)).toBe(429);
    expect(await post(second, newAddress())).toBe(422);
    if (!isEmbedded()) {
      expect(await post(first, address)).toBe(429);
      await first.close();
    }
    await second.close();
  });

  it('that cannot be reached is replaced by local counters, logged once, and used again when it is back', async () => {
    if (wire === undefined) return;
    const app = await start(`redis://127.0.0.1:${wire.port}`);
    const log = Log.of(app);
    const mend = await wire.cut();
    const address = newAddress();
    await spend(app, address, LIMIT);
    expect(await post(app, address)).toBe(429);
    await app.person();
    expect(log.entries('throttle_store_gone')).toHaveLength(1);
    expect(log.entries('throttle_store_gone')[0]).toMatchObject({ level: 'warn', now: 'local counters' });
    await mend();
    await until(async () => {
      await post(app, newAddress());
      return log.entries('throttle_store_back').length > 0;
    });
    await app.close();
  });

  it('that does not answer delays a request only shortly, and is logged', async () => {
    if (wire === undefined) return;
    const app = await start(`redis://127.0.0.1:${wire.port}`);
    const log = Log.of(app);
    wire.silence();
    const began = Date.now();
    expect(await post(app, newAddress())).toBe(422);
    expect(Date.now() - began).toBeLessThan(3000);
    expect(log.entries('throttle_store_gone')).toHaveLength(1);
    wire.speak();
    await app.close();
  });

  it('that accepts connections and never answers is asked by one request only, and used again when it answers', async () => {
    if (wire === undefined) return;
    const app = await start(`redis://127.0.0.1:${wire.port}`);
    const log = Log.of(app);
    const address = newAddress();
    await spend(app, address, LIMIT - 1);
    wire.silence();
    await post(app, newAddress());
    const consume = commandsOf(app);
    for (let sent = 0; sent < 20; sent += 1) expect(await post(app, newAddress())).toBe(422);
    expect(consume.calls).toBe(0);
    expect(log.entries('throttle_store_gone')).toHaveLength(1);
    wire.speak();
    await until(() => log.entries('throttle_store_back').length > 0);
    // The shared counter is the one that counts again.
    expect(await post(app, address)).toBe(422);
    expect(await post(app, address)).toBe(429);
    expect(consume.calls).toBeGreaterThan(0);
    await app.close();
  });

  it('that is silent from the beginning does not stop the start', async () => {
    if (wire === undefined) return;
    wire.silence();
    const app = await start(`redis://127.0.0.1:${wire.port}`);
    const log = Log.of(app);
    expect(await post(app, newAddress())).toBe(422);
    wire.speak();
    await until(() => log.entries('throttle_store_back').length > 0);
    await app.close();
  });

  it('that never answered is replaced by local counters', async () => {
    const nobody = await Wire.to('127.0.0.1', 1);
    const app = await start(`redis://127.0.0.1:${nobody.port}`);
    const address = newAddress();
    await spend(app, address, LIMIT);
    expect(await post(app, address)).toBe(429);
    await app.close();
    await nobody.close();
  });
});
