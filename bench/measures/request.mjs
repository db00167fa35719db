// The cost of an authenticated GET.
import { ON_REQUESTS } from '../contestants.mjs';
import { Load } from '../kit/load.mjs';
import { quantile } from '../kit/statistics.mjs';
import { metered } from '../kit/metered.mjs';

const CONNECTIONS = 16;

export const request = {
  name: 'request',
  title: 'An authenticated GET',
  contestants: ON_REQUESTS,
  people: { full: 1, short: 1 },
  rounds: { full: 40, short: 2 },
  floor: 'bare',
  ours: 'shipped-fastify',
  unit: 'request',
  value: 'cpu',
  pairs: [
    ['guard-express-cache', 'host-express'],
    ['guard-express', 'host-express'],
    ['guard-express', 'host-statement-express'],
    ['shipped-express', 'host-express'],
    ['shipped-express', 'host-statement-express'],
  ],

  async warm({ stage, running, size }) {
    await withLoad(stage, running, (load) => load.send(size.warmUp));
  },

  /** A cache that is off is not measured as one. */
  check(rows) {
    const bare = rows.find(({ name }) => name === 'bare').postgres;
    for (const { name, postgres } of rows) {
      if (!name.endsWith('-cache') || postgres === null || postgres < bare / 2) continue;
      throw new Error(
        `${name} asks Postgres for every request (${postgres.toFixed(0)} µs): is its cache on?`,
      );
    }
  },

  visit({ stage, postgres, running, size, cpu }) {
    return withLoad(stage, running, async (load) => {
      // The pool is filled, and the code is in the caches again.
      await load.send(Math.ceil(size.requests / 8));
      const { result, ...cost } = await metered({
        postgres,
        running,
        cpu,
        work: () => load.send(size.requests),
      });
      const { seconds, milliseconds } = result;
      return {
        cpu: cost.cpu / size.requests,
        postgres: cost.postgres === null ? null : cost.postgres / size.requests,
        perSecond: size.requests / seconds,
        p50: quantile(milliseconds, 0.5),
        p99: quantile(milliseconds, 0.99),
        memory: cost.memory,
        others: cost.others,
      };
    });
  },
};

async function withLoad(stage, running, work) {
  const message = await stage.currentRequest(running);
  const load = await Load.open(
    running.port,
    Array.from({ length: CONNECTIONS }, () => message),
  );
  try {
    return await work(load);
  } finally {
    load.close();
  }
}
