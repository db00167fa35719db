import { mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { END_RESERVATIONS } from '../kit/bench.mjs';
import { signUp } from '../kit/people.mjs';
import { smallDisk } from '../kit/postgres.mjs';

const DATABASE_URL = 'pglite:database';

/** On a copy of a database that a first start made once for all of these faults: making one takes many seconds. */
async function startEmbedded(bench, folder = bench.scope.path('embedded')) {
  mkdirSync(folder, { recursive: true });
  await bench.copyOfEmbedded(folder);
  return bench.start({ DATABASE_URL }, { folder });
}

/** Stops the server and reads its database, as nobody else may have it open meanwhile. */
async function settleEmbedded(bench, options) {
  const emails = bench.journal.entries().filter(({ fact, answered }) => fact === 'user' && answered);
  await bench.until(
    () => emails.every(({ email }) => bench.mails.to(email).length > 0),
    'A mail for each sign-up',
    bench.isShort ? 100_000 : 200_000,
  );
  await bench.useLinks(emails.map(({ email }) => email));
  await bench.server.stop();
  await opened(bench, (query) => bench.settle({ ...options, query }));
}

/** Reads the embedded database of a server that has ended. */
async function opened(bench, work) {
  const database = await PGlite.create(join(bench.server.folder, 'database'));
  try {
    return await work(async (text) => (await database.query(text)).rows);
  } finally {
    await database.close();
  }
}

/** In the short form: as if the 30 seconds of a killed worker had passed. */
async function endReservations(bench) {
  if (!bench.isShort) return;
  await opened(bench, (query) => query(END_RESERVATIONS));
}

const killed = {
  name: 'embedded-killed',
  says: 'kill -9 of a server with the embedded database under load, then a start on the same folder',
  short: { kills: 1, between: 40 },
  full: { kills: 10, between: 150 },
  async run(bench, { kills, between }) {
    await startEmbedded(bench);
    const watcher = await bench.person('watcher');
    const load = bench.load({ people: 4, does: signUp });
    for (let kill = 1; kill <= kills; kill += 1) {
      await bench.until(() => bench.acknowledgedSoFar() >= kill * between, 'Sign-ups', 120_000);
      bench.begins({ mayBreak: true });
      await bench.server.killAtOnce();
      await endReservations(bench);
      await bench.startAgain();
      await bench.healed(watcher);
    }
    await bench.calm(load);
    await settleEmbedded(bench, { allowed: kills * 8, forOne: 1 + kills });
  },
};

const twice = (name, says, command, needs) => ({
  name,
  says,
  needs,
  short: { others: 1 },
  full: { others: 5 },
  async run(bench, { others }) {
    await startEmbedded(bench);
    const { folder } = bench.server;
    await bench.person('first');
    for (let other = 0; other < others; other += 1) {
      const second = await bench.attempt({ DATABASE_URL }, { folder, command, name: 'second' });
      const exit = await second.process.endsWithin(30_000);
      if (exit === null) {
        bench.fails('a second server opened the same folder: two at once destroy the database');
        second.process.kill('SIGKILL');
        await second.process.ended;
        break;
      }
      bench.wants(exit.code === 1, `the second server ended with ${exit.code ?? exit.signal}, wanted 1`);
      bench.wants(/DATABASE_URL/.test(second.output), 'its message does not name DATABASE_URL');
    }
    const { email } = await bench.person('still-first');
    await bench.until(() => bench.mails.to(email).length > 0, 'The mail');
    // Whoever was killed leaves no lock that keeps the next one out.
    bench.begins({ mayBreak: true });
    await bench.server.killAtOnce();
    bench.server = await bench.start({ DATABASE_URL }, { folder, command, name: 'next' });
    await bench.calm();
    await bench.person('third');
    await settleEmbedded(bench, { allowed: 8, forOne: 2 });
  },
});

const full = {
  name: 'embedded-full',
  says: 'the disk of the embedded database is full, then has space again',
  needs: ['root'],
  short: {},
  full: {},
  async run(bench) {
    const folder = smallDisk(bench.scope, 'disk', 120);
    await startEmbedded(bench, folder);
    const watcher = await bench.person('watcher');
    const { bavail, bsize } = statfsSync(folder);
    bench.begins({ mayBreak: true });
    writeFileSync(join(folder, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize)));
    let refused = 0;
    const from = performance.now();
    while (refused < 10 && bench.server.isRunning && performance.now() - from < 60_000) {
      const [answer] = await signUp(bench);
      if (answer.status !== 201) refused += 1;
    }
    bench.note(`${refused} sign-ups refused; the server ${bench.server.isRunning ? 'goes on' : 'ended'}`);
    if (!bench.server.isRunning) {
      const last = bench.server.output.trim().split('\n').pop();
      bench.wants(
        /DATABASE_URL/.test(last),
        `it ended without a line that names DATABASE_URL: ${last.slice(0, 200)}`,
      );
    }
    writeFileSync(join(folder, 'filler'), '');
    if (bench.server.isRunning && (await watcher.signIn()).status === 201)
      bench.note('it works again without a restart');
    else {
      await bench.server.killAtOnce();
      await bench.startAgain();
      await bench.healed(watcher);
    }
    await bench.calm();
    await settleEmbedded(bench, { allowed: 8, forOne: 2 });
  },
};

const fullAtStart = {
  name: 'embedded-full-at-start',
  says: 'the disk of the embedded database is full at the start: one line that names DATABASE_URL',
  needs: ['root'],
  short: {},
  full: {},
  async run(bench) {
    const folder = smallDisk(bench.scope, 'disk', 10);
    const server = await bench.attempt({ DATABASE_URL }, { folder });
    const exit = await server.process.endsWithin(60_000);
    if (exit === null) return bench.fails('the server neither starts nor ends');
    const lines = server.output.trim().split('\n');
    bench.wants(exit.code === 1, `it ended with ${exit.code ?? exit.signal}, wanted 1`);
    bench.wants(
      lines.length === 1 && /DATABASE_URL/.test(lines[0]),
      `it says ${lines.length} lines: ${lines.pop().slice(0, 200)}`,
    );
  },
};

export const EMBEDDED_FAULTS = [
  killed,
  twice('embedded-twice', 'a second server on the folder of an embedded database that is open', [], []),
  twice(
    'embedded-two-containers',
    'the same, from another namespace of processes, as in two containers',
    ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'],
    ['unshare'],
  ),
  full,
  fullAtStart,
];
