import { PgBouncer } from '../kit/services.mjs';

const pooler = (mode) => ({
  name: `pooler-${mode}`,
  says: `PgBouncer in ${mode} mode, with its defaults, between server and database`,
  needs: ['pgbouncer'],
  short: { seconds: 3 },
  full: { seconds: 30 },
  async run(bench, { seconds }) {
    await bench.sharedDatabase();
    const pgbouncer = await PgBouncer.start(bench.scope, bench.pg, mode);
    await bench.start(throughPooler(bench, pgbouncer, mode));
    const load = bench.load();
    await bench.pause(seconds * 1000);
    await bench.calm(load);
    await wantsNoLock(bench);
    await bench.settle();
  },
});

const poolerUnnamed = {
  name: 'pooler-unnamed',
  says: 'PgBouncer in transaction mode, and nobody has set DATABASE_POOLER',
  needs: ['pgbouncer'],
  short: { seconds: 2 },
  full: { seconds: 30 },
  async run(bench, { seconds }) {
    await bench.sharedDatabase();
    const pgbouncer = await PgBouncer.start(bench.scope, bench.pg, 'transaction');
    await bench.start(throughPooler(bench, pgbouncer, 'session'));
    const said = 'The pooler gives its connections away';
    bench.wants(bench.server.output.includes(said), 'the log does not say that the pooler was found');
    const load = bench.load();
    await bench.pause(seconds * 1000);
    await bench.calm(load);
    await wantsNoLock(bench);
    await bench.settle();
  },
};

const poolerRestarted = {
  name: 'pooler-restarted',
  says: 'PgBouncer is killed under load and started again',
  needs: ['pgbouncer'],
  short: { rounds: 2 },
  full: { rounds: 10 },
  async run(bench, { rounds }) {
    await bench.sharedDatabase();
    const pgbouncer = await PgBouncer.start(bench.scope, bench.pg, 'transaction');
    await bench.start(throughPooler(bench, pgbouncer, 'transaction'));
    const watcher = await bench.person('watcher');
    const load = bench.load();
    for (let round = 0; round < rounds; round += 1) {
      await bench.pause(1000);
      bench.begins();
      await pgbouncer.stopAtOnce();
      await bench.pause(1000);
      await bench.wantsStatus('/health/ready', 503);
      await pgbouncer.start();
      await bench.healed(watcher);
    }
    await bench.calm(load);
    await bench.settle();
  },
};

const fourStarts = (mode) => ({
  name: `four-starts-${mode ?? 'direct'}`,
  says: `four servers start at once on an empty database${mode === null ? '' : `, through PgBouncer in ${mode} mode`}`,
  ...(mode === null ? {} : { needs: ['pgbouncer'] }),
  // One through a pooler is enough for the short form.
  fullOnly: mode === 'session',
  short: { rounds: 1 },
  full: { rounds: 5 },
  async run(bench, { rounds }) {
    for (let round = 0; round < rounds; round += 1) {
      await bench.sharedDatabase();
      bench.newJournal();
      const settings =
        mode === null ? {} : throughPooler(bench, await PgBouncer.start(bench.scope, bench.pg, mode), mode);
      const from = performance.now();
      const servers = await Promise.all(Array.from({ length: 4 }, () => bench.attempt(settings)));
      await Promise.all(servers.map((server) => server.listens()));
      bench.note(`all four listen after ${((performance.now() - from) / 1000).toFixed(1)} s`);
      const [{ all, names }] = await bench.query(
        'SELECT count(*) AS all, count(DISTINCT name) AS names FROM authentication.migrations',
      );
      bench.wants(all === names && all > 0, `${all} migrations ran, of ${names} names`);
      await wantsNoLock(bench);
      for (const server of servers) {
        bench.server = server;
        await bench.person('newcomer');
      }
      await bench.settle();
      await Promise.all(servers.map((server) => server.stop()));
    }
  },
});

export const POOLER_FAULTS = [
  pooler('session'),
  pooler('transaction'),
  poolerUnnamed,
  poolerRestarted,
  fourStarts(null),
  fourStarts('session'),
  fourStarts('transaction'),
];

function throughPooler(bench, pgbouncer, mode) {
  return { DATABASE_URL: pgbouncer.url(bench.database), DATABASE_POOLER: mode };
}

/** A lock of a session would stay on a connection of the pooler, and the next start would wait for it for ever. */
async function wantsNoLock(bench) {
  const locks = await bench.query(
    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
  );
  bench.wants(locks.length === 0, `${locks.length} advisory locks are left behind`);
}
