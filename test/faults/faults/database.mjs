import { statfsSync, writeFileSync } from 'node:fs';
import { Person, signUp } from '../kit/people.mjs';
import { own, smallDisk } from '../kit/postgres.mjs';
import { TcpProxy } from '../kit/tcp-proxy.mjs';

/** An answer that waits for the database longer than this hangs: a dead connection is given up after 4.5 seconds. */
const HANG = 6000;

const databaseStopped = {
  name: 'database-stopped',
  says: 'Postgres is stopped at once under load and started again; the server is not restarted',
  short: { rounds: 1, down: 2500 },
  full: { rounds: 5, down: 10_000 },
  async run(bench, { rounds, down }) {
    await bench.postgres();
    await bench.start();
    const watcher = await bench.person('watcher');
    const load = bench.load();
    for (let round = 0; round < rounds; round += 1) {
      await bench.pause(1500);
      bench.begins();
      await bench.pg.stopAtOnce();
      await bench.pause(200);
      await bench.wantsStatus('/health/live', 200);
      await bench.wantsStatus('/health/ready', 503);
      const refused = await watcher.signIn();
      bench.wants(refused.status === 503, `sign-in without a database answers ${refused.status}`);
      bench.wantsWithin(refused.ms, 2000, 'sign-in without a database');
      await bench.pause(down);
      await bench.pg.start();
      await bench.healed(watcher);
      await bench.wantsStatus('/health/ready', 200);
    }
    await bench.calm(load);
    bench.wants(bench.server.isRunning, 'the server ended');
    limitOutage(bench);
    await bench.settle();
  },
};

const connectionsTerminated = {
  name: 'connections-terminated',
  says: 'connections of the server are ended at random (pg_terminate_backend)',
  short: { seconds: 4 },
  full: { seconds: 60 },
  async run(bench, { seconds }) {
    await bench.sharedDatabase();
    await bench.start();
    const watcher = await bench.person('watcher');
    const load = bench.load();
    await bench.pause(500);
    bench.begins();
    let ended = 0;
    for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
      ended += await bench.pg.terminate(bench.database, 2);
      await bench.pause(80);
    }
    bench.note(`${ended} connections ended`);
    await bench.healed(watcher);
    await bench.calm(load);
    bench.wants(bench.server.isRunning, 'the server ended');
    await bench.settle();
  },
};

const poolExhausted = {
  name: 'pool-exhausted',
  says: 'all connections of the pool wait for a lock; 40 requests come',
  short: { rounds: 1 },
  full: { rounds: 5 },
  async run(bench, { rounds }) {
    await bench.sharedDatabase();
    await bench.start({ DATABASE_POOL_SIZE: '4' });
    const watcher = await bench.person('watcher');
    for (let round = 0; round < rounds; round += 1) {
      const holder = await bench.pg.connect(bench.database);
      await holder.query('BEGIN; LOCK TABLE authentication.users IN ACCESS EXCLUSIVE MODE');
      bench.begins();
      const asked = Array.from({ length: 40 }, () => watcher.me());
      await bench.pause(300);
      await bench.wantsStatus('/health/live', 200, 500);
      const answers = await Promise.all(asked);
      bench.wants(
        answers.every(({ status }) => status === 503),
        `answers while the pool is exhausted: ${counted(answers)}`,
      );
      bench.wantsWithin(Math.max(...answers.map(({ ms }) => ms)), 2000, 'the slowest 503');
      await holder.end();
      await bench.healed(watcher, () => watcher.me());
      await bench.calm();
    }
    await bench.settle();
  },
};

const hole = (name, says, milliseconds, rounds) => ({
  name,
  says,
  short: { rounds: 1 },
  full: { rounds },
  // Fewer people than the pool has connections: those that the hole killed stay in use until they are given up.
  run: (bench, size) =>
    underLoad(bench, { ...size, people: 4 }, async (proxy, watcher) => {
      await bench.pause(1500);
      bench.begins();
      proxy.swallow();
      await bench.pause(milliseconds);
      proxy.heal();
      await bench.healed(watcher);
      await asksOn(bench, watcher, 3000);
    }),
});

const late = {
  name: 'packets-late',
  says: 'nothing passes between server and database for 2 seconds, then everything does',
  short: { rounds: 1 },
  full: { rounds: 5 },
  run: (bench, size) =>
    underLoad(bench, { ...size, people: 4 }, async (proxy, watcher) => {
      await bench.pause(500);
      bench.begins();
      proxy.stall();
      await bench.pause(2000);
      proxy.flow();
      await bench.healed(watcher);
    }),
};

const halfOpen = {
  name: 'database-half-open',
  says: 'all connections to the database fall silent for ever, without an end; new ones work',
  short: { rounds: 1 },
  full: { rounds: 5 },
  async run(bench, { rounds }) {
    const proxy = await behindProxy(bench);
    const watcher = await bench.person('watcher');
    const load = bench.load({ people: 4 });
    for (let round = 0; round < rounds; round += 1) {
      await bench.pause(1500);
      bench.begins();
      proxy.forget();
      const from = performance.now();
      bench.answers.healed();
      // A silent connection is noticed only by a request that waits for it: until then requests may fail.
      let since = null;
      await bench.until(
        async () => {
          const { status } = await watcher.signIn();
          if (status === 201) since ??= performance.now();
          else since = null;
          return since !== null && performance.now() - since > 1500;
        },
        'Lasting success on new connections',
        60_000,
      );
      bench.wantsWithin(since - from, HANG, 'until requests succeeded again');
    }
    await bench.calm(load);
    await bench.healed(watcher);
    await endsWell(bench);
  },
};

const cut = {
  name: 'connections-reset',
  says: 'all connections to the database are reset at once (RST), again and again',
  short: { rounds: 5 },
  full: { rounds: 50 },
  run: (bench, size) =>
    underLoad(bench, size, async (proxy, watcher) => {
      await bench.pause(400);
      bench.begins();
      proxy.cut();
      // The ends of the connections have to reach the server, too.
      await bench.pause(50);
      await bench.healed(watcher);
    }),
};

const rowLock = {
  name: 'row-lock',
  says: "another session holds the lock on a user's row for long",
  short: { rounds: 1 },
  full: { rounds: 5 },
  async run(bench, { rounds }) {
    await bench.sharedDatabase();
    await bench.start();
    const [locked, other] = [await bench.person('locked'), await bench.person('other')];
    for (let round = 0; round < rounds; round += 1) {
      const holder = await bench.pg.connect(bench.database);
      await holder.query('BEGIN');
      await holder.query('SELECT 1 FROM authentication.users WHERE email = $1 FOR UPDATE', [locked.email]);
      bench.begins();
      const waiting = locked.changePassword();
      await bench.pause(100);
      const free = await other.changePassword();
      bench.wants(free.status === 200, `another user's change is answered ${free.status}`);
      const answer = await waiting;
      bench.wants(answer.status === 503, `the change that waits for the lock is answered ${answer.status}`);
      bench.wantsWithin(answer.ms, 2000, 'the wait for the lock');
      await holder.end();
      await bench.healed(locked, () => locked.changePassword());
      await bench.calm();
    }
    await bench.settle();
  },
};

const readOnly = {
  name: 'database-read-only',
  says: 'the database takes no writes any more (default_transaction_read_only)',
  short: { rounds: 1 },
  full: { rounds: 5 },
  async run(bench, { rounds }) {
    await bench.sharedDatabase();
    await bench.start();
    const watcher = await bench.person('watcher');
    const load = bench.load({ people: 3 });
    for (let round = 0; round < rounds; round += 1) {
      await bench.pause(500);
      bench.begins();
      await bench.pg.query(`ALTER DATABASE ${bench.database} SET default_transaction_read_only = on`);
      await bench.pg.terminate(bench.database);
      await bench.pause(300);
      await wantsRefusals(bench, watcher);
      await bench.pg.query(`ALTER DATABASE ${bench.database} RESET default_transaction_read_only`);
      await bench.pg.terminate(bench.database);
      await bench.healed(watcher);
      await bench.wantsStatus('/health/ready', 200);
    }
    await bench.calm(load);
    await bench.settle();
  },
};

const failOver = {
  name: 'fail-over',
  says: 'the primary dies under load; the address leads to the standby, which is promoted 2 seconds later',
  short: { rounds: 1 },
  full: { rounds: 3 },
  async run(bench, { rounds }) {
    await bench.postgres();
    const proxy = await TcpProxy.listen(bench.scope, bench.pg.port);
    await bench.start({ DATABASE_URL: bench.pg.url(bench.database, proxy.port) });
    const watcher = await bench.person('watcher');
    const load = bench.load({ people: 4 });
    for (let round = 0; round < rounds; round += 1) {
      const standby = await bench.pg.standby();
      await bench.pause(1500);
      bench.begins();
      await bench.pg.stopAtOnce();
      proxy.target = { host: '127.0.0.1', port: standby.port };
      await bench.pause(500);
      await wantsRefusals(bench, watcher);
      await bench.pause(1500);
      // A standby of the standby comes later: until then a commit must not wait for one.
      await standby.promote();
      bench.pg = standby;
      await bench.healed(watcher);
      await bench.wantsStatus('/health/ready', 200);
    }
    await bench.calm(load);
    limitOutage(bench);
    await bench.settle();
  },
};

const silentAtStart = {
  name: 'silent-at-start',
  says: 'the database accepts connections and says nothing while the server starts',
  short: {},
  full: {},
  async run(bench) {
    await bench.sharedDatabase();
    const proxy = await TcpProxy.listen(bench.scope, bench.pg.port);
    proxy.swallow();
    const server = await bench.attempt({ DATABASE_URL: bench.pg.url(bench.database, proxy.port) });
    const exit = await server.process.endsWithin(60_000);
    if (exit === null) return bench.fails('the server neither starts nor ends');
    bench.note(`ended after ${Math.round(exit.ms / 1000)} s: ${server.output.trim().split('\n').pop()}`);
    bench.wants(exit.code === 1, `exit code ${exit.code ?? exit.signal}, wanted 1`);
    bench.wants(server.output.includes('DATABASE_URL'), 'the message does not name DATABASE_URL');
    bench.wants(server.output.trim().split('\n').length === 1, 'the message is more than one line');
  },
};

const databaseFull = {
  name: 'database-full',
  says: 'the disk of the tables is full (SQLSTATE 53100), then has space again',
  needs: ['root'],
  short: { rounds: 1 },
  full: { rounds: 3 },
  async run(bench, { rounds }) {
    const pg = await bench.postgres();
    const disk = smallDisk(bench.scope, 'disk', 64);
    own(disk);
    await pg.query(`CREATE TABLESPACE small LOCATION '${disk}'`);
    await pg.query('CREATE DATABASE small TABLESPACE small');
    bench.database = 'small';
    await bench.start();
    const watcher = await bench.person('watcher');
    for (let round = 0; round < rounds; round += 1) {
      const { bavail, bsize } = statfsSync(disk);
      bench.begins();
      fill(`${disk}/filler`, bavail * bsize);
      // Pages that have room still take rows: it takes a while until none has.
      const from = performance.now();
      let refused = 0;
      while (refused < 20 && performance.now() - from < 60_000) {
        const answers = await Promise.all(Array.from({ length: 8 }, () => signUp(bench)));
        refused += answers.flat().filter(({ status }) => status === 503).length;
      }
      bench.wants(refused >= 20, 'the disk never became full');
      await bench.wantsStatus('/health/live', 200);
      fill(`${disk}/filler`, 0);
      await bench.healed(watcher);
      await bench.calm();
    }
    await bench.settle();
  },
};

export const DATABASE_FAULTS = [
  databaseStopped,
  connectionsTerminated,
  cut,
  poolExhausted,
  hole('hole-100ms', 'what is sent to and from the database within 100 ms is lost', 100, 10),
  hole('hole-5s', 'what is sent to and from the database within 5 seconds is lost', 5000, 5),
  late,
  halfOpen,
  rowLock,
  readOnly,
  failOver,
  silentAtStart,
  databaseFull,
];

/** People sign up, sign in and so on beside the rounds of a fault between server and database. */
async function underLoad(bench, { rounds, people }, round) {
  const proxy = await behindProxy(bench);
  const watcher = await bench.person('watcher');
  const load = bench.load({ people });
  for (let played = 0; played < rounds; played += 1) await round(proxy, watcher);
  await bench.calm(load);
  await endsWell(bench);
}

async function behindProxy(bench) {
  await bench.sharedDatabase();
  const proxy = await TcpProxy.listen(bench.scope, bench.pg.port);
  await bench.start({ DATABASE_URL: bench.pg.url(bench.database, proxy.port) });
  return proxy;
}

/** Requests one after the other, which all must succeed: connections that died must not come back. */
async function asksOn(bench, watcher, milliseconds) {
  let failed = 0;
  for (const end = performance.now() + milliseconds; performance.now() < end; await bench.pause(100)) {
    const person = new Person(bench, watcher.email);
    if ((await person.signIn()).status !== 201) failed += 1;
  }
  bench.wants(failed === 0, `${failed} requests failed in the ${milliseconds / 1000} seconds after healing`);
}

async function wantsRefusals(bench, watcher) {
  const answers = [await watcher.signIn(), ...(await signUp(bench))];
  bench.wants(
    answers.every(({ status }) => status === 503),
    `writes to a database that takes none are answered ${counted(answers)}`,
  );
  await bench.wantsStatus('/health/ready', 503);
  await bench.wantsStatus('/health/live', 200);
}

async function endsWell(bench) {
  if (bench.answers.longest > HANG * 1.3)
    bench.fails(`a request took ${Math.round(bench.answers.longest / 1000)} s`);
  bench.wants(bench.server.isRunning, 'the server ended');
  await bench.settle();
}

/** The server is back within ten seconds after its database. */
function limitOutage(bench) {
  if ((bench.answers.outage ?? 0) > 10_000) bench.fails('it was not back within 10 seconds');
}

function fill(file, bytes) {
  writeFileSync(file, Buffer.alloc(Math.max(0, bytes)));
}

function counted(answers) {
  const counts = new Map();
  for (const { status, failure } of answers)
    counts.set(failure ?? status, (counts.get(failure ?? status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} × ${status}`).join(', ');
}
