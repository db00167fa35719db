import { Person } from '../kit/people.mjs';
import { Redis } from '../kit/services.mjs';
import { TcpProxy } from '../kit/tcp-proxy.mjs';

const redisFault = (name, says, { begin, heal }) => ({
  name,
  says,
  needs: ['redis-server'],
  short: { count: 40 },
  full: { count: 1000 },
  alone: true,
  async run(bench, { count }) {
    await bench.sharedDatabase();
    const redis = await Redis.start(bench.scope);
    const proxy = await TcpProxy.listen(bench.scope, redis.port);
    await bench.start({ REDIS_URL: redis.url(proxy.port) });
    const watcher = await bench.person('watcher');
    const signIn = () => new Person(bench, watcher.email).signIn();
    await bench.median(10, signIn);
    const usual = await bench.median(count, signIn);
    bench.wants((await redis.keys()) > 0, 'Redis was not used before the fault');
    await begin({ redis, proxy });
    // The first request may be the one that notices. 503 is as wrong as in quiet times.
    const first = await signIn();
    const faulty = await bench.median(count, signIn);
    bench.note(
      `sign-in: median ${usual.toFixed(0)} ms, first with the fault ${first.ms.toFixed(0)} ms, then median ${faulty.toFixed(0)} ms`,
    );
    bench.wants(faulty < usual * 2 + 50, 'sign-in is slow for as long as Redis is away');
    bench.wants(/redis|throttle/i.test(bench.server.output), 'the log does not say that Redis is away');
    await heal({ redis, proxy });
    await bench.healed(watcher);
    await redis.forgetAll();
    const from = performance.now();
    await bench.until(
      async () => {
        await signIn();
        return (await redis.keys()) > 0;
      },
      'Redis is used again',
      90_000,
      500,
    );
    bench.note(`Redis is used again ${((performance.now() - from) / 1000).toFixed(1)} s after healing`);
    await bench.settle();
  },
});

export const REDIS_FAULTS = [
  redisFault('redis-gone', 'Redis is killed, and comes back later', {
    begin: ({ redis }) => redis.stopAtOnce(),
    heal: ({ redis }) => redis.start(),
  }),
  redisFault('redis-half-open', 'connections to Redis fall silent without an end, new ones too', {
    begin: ({ proxy }) => proxy.swallow(),
    heal: ({ proxy }) => proxy.heal(),
  }),
];
