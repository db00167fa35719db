import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { isSuccess } from '../kit/answers.mjs';
import { signUp, Person } from '../kit/people.mjs';
import { onlyChildOf } from '../kit/server.mjs';
import { TcpProxy } from '../kit/tcp-proxy.mjs';

/** The default of STOP_SECONDS: the server has ended by then, whatever hangs. */
const STOP = 9000;

/** How many mails a worker has in hand at most. */
const BATCH = 8;

/** Ends with code 0 in time. @returns the milliseconds it took */
async function wantsEnd(bench, process, from, { code = 0 } = {}) {
  const exit = await process.endsWithin(STOP * 3);
  const ms = performance.now() - from;
  if (exit === null) {
    bench.fails('the server did not end');
    return ms;
  }
  bench.wants(exit.code === code, `the server ended with ${exit.code ?? exit.signal}, wanted ${code}`);
  if (ms > STOP + 3000) bench.fails(`the server ended after ${(ms / 1000).toFixed(1)} s, above STOP_SECONDS`);
  return ms;
}

async function wantsHandedBack(bench) {
  const held = await bench.query(
    "SELECT 1 FROM authentication_jobs.job WHERE name = 'mails' AND state = 'active'",
  );
  bench.wants(held.length === 0, `${held.length} mails are still reserved for the server that ended`);
}

/** Sends nothing more once readiness fails, as a load balancer does. */
async function drain(bench, load) {
  const end = performance.now() + 5000;
  for (;;) {
    const answer = await bench.client.call('GET', '/health/ready');
    if (answer.status === 503) break;
    if (answer.failure !== null || performance.now() > end) {
      bench.fails(`readiness did not fail before the end (${answer.failure ?? answer.status})`);
      break;
    }
    await bench.pause(20);
  }
  // Balancers ask once in a while: requests still come for a moment.
  await bench.pause(300);
  await load.stop();
}

const sigterm = {
  name: 'sigterm',
  says: 'SIGTERM under load',
  short: { rounds: 4 },
  full: { rounds: 20 },
  async run(bench, { rounds }) {
    await bench.sharedDatabase();
    bench.isStrict = true;
    let longest = 0;
    for (let round = 0; round < rounds; round += 1) {
      // The default of 1 second is enough for a machine that does nothing else.
      if (round === 0) await bench.start({ DRAIN_SECONDS: '2' });
      else await bench.startAgain();
      const load = bench.load({ people: 6 });
      await bench.pause(700);
      const from = performance.now();
      bench.server.process.kill('SIGTERM');
      await drain(bench, load);
      longest = Math.max(longest, await wantsEnd(bench, bench.server.process, from));
      await wantsHandedBack(bench);
    }
    bench.wantsWithin(longest, STOP, 'the slowest end');
    await bench.startAgain();
    await bench.settle();
  },
};

const twice = {
  name: 'sigterm-twice',
  says: 'a second SIGTERM while requests are being answered',
  short: { rounds: 1 },
  full: { rounds: 10 },
  async run(bench, { rounds }) {
    await bench.sharedDatabase();
    bench.isStrict = true;
    for (let round = 0; round < rounds; round += 1) {
      // Hashes that take a while: the requests are still under way at the second signal.
      if (round === 0)
        await bench.start({ HASHING_MEMORY_KIB: '19456', HASHING_PASSES: '16', DRAIN_SECONDS: '2' });
      else await bench.startAgain();
      const watcher = await bench.person('watcher');
      const load = bench.load({ people: 6, does: signUp });
      await bench.pause(500);
      const from = performance.now();
      bench.server.process.kill('SIGTERM');
      const drained = drain(bench, load);
      await bench.pause(100);
      const asked = Array.from({ length: 4 }, () => new Person(bench, watcher.email).signIn());
      await bench.pause(50);
      bench.server.process.kill('SIGTERM');
      bench.server.process.kill('SIGINT');
      const answers = await Promise.all(asked);
      bench.wants(answers.every(isSuccess), 'a request under way at the second SIGTERM was cut');
      await drained;
      await wantsEnd(bench, bench.server.process, from);
    }
    await bench.startAgain();
    await bench.settle();
  },
};

const silentMail = {
  name: 'sigterm-silent-mail',
  says: 'SIGTERM while the mail server says nothing',
  short: { mails: 3 },
  full: { mails: 20 },
  async run(bench, { mails }) {
    await bench.sharedDatabase();
    await bench.start();
    bench.mails.behave((stage) => (stage === 'body' ? 'silent' : undefined));
    for (let mail = 0; mail < mails; mail += 1) await signUp(bench);
    await bench.until(() => bench.mails.misbehaved > 0, 'A mail that is not answered');
    const from = performance.now();
    bench.server.process.kill('SIGTERM');
    bench.wantsWithin(await wantsEnd(bench, bench.server.process, from), STOP, 'the end');
    await wantsHandedBack(bench);
    bench.mails.behaveWell();
    await bench.startAgain();
    await bench.settle({ allowed: 0 });
  },
};

const silentDatabase = {
  name: 'sigterm-silent-database',
  says: 'SIGTERM while the database says nothing',
  short: {},
  full: {},
  async run(bench) {
    await bench.sharedDatabase();
    const proxy = await TcpProxy.listen(bench.scope, bench.pg.port);
    await bench.start({ DATABASE_URL: bench.pg.url(bench.database, proxy.port) });
    await bench.person('watcher');
    const load = bench.load({ people: 3 });
    await bench.pause(500);
    // Whoever still waits when the time is up gets no answer any more.
    bench.begins({ mayBreak: true });
    proxy.swallow();
    await bench.pause(300);
    const from = performance.now();
    bench.server.process.kill('SIGTERM');
    const exit = await bench.server.process.endsWithin(STOP * 3);
    const ms = performance.now() - from;
    await load.stop();
    bench.wants(exit !== null, 'the server did not end');
    bench.wantsWithin(ms, STOP, 'the end');
    if (ms > STOP + 3000) bench.fails('the server ended later than STOP_SECONDS');
    proxy.heal();
    await bench.start();
    await bench.calm();
    // Like a kill: what the mail server had taken could not be written down.
    await bench.settle({ allowed: BATCH, forOne: 2 });
  },
};

const DELAYS = [20, 100, 250, 500, 800, 1200, 2000];

/** How a start that was told to stop may end: by the signal, or with an exit code of 0 or 143. */
const isEnd = ({ code, signal }) => signal === 'SIGTERM' || code === 0 || code === 143;

const atStart = {
  name: 'sigterm-at-start',
  says: 'SIGTERM while the server starts, at different moments',
  short: { delays: DELAYS.filter((_, index) => index % 2 === 0) },
  full: { delays: [...DELAYS, ...DELAYS.map((delay) => delay * 0.7)] },
  async run(bench, { delays }) {
    await bench.sharedDatabase();
    let longest = 0;
    for (const delay of delays) {
      const server = await bench.attempt();
      await bench.pause(delay);
      server.process.kill('SIGTERM');
      const exit = await server.process.endsWithin(STOP * 3);
      if (exit === null) {
        bench.fails(`SIGTERM ${delay} ms after the start: the server goes on`);
        server.process.kill('SIGKILL');
        continue;
      }
      longest = Math.max(longest, exit.ms);
      bench.wants(
        isEnd(exit),
        `SIGTERM ${delay} ms after the start: ended with ${exit.code ?? exit.signal}: ${lastLine(server)}`,
      );
    }
    bench.wantsWithin(longest, STOP, 'the slowest end');
    // Nothing that is left behind hinders the next start.
    await bench.start();
    await bench.person('newcomer');
    await bench.settle();
  },
};

const processOne = {
  name: 'sigterm-process-1',
  says: 'SIGTERM to a server that is process 1, as in a container without --init',
  needs: ['unshare'],
  short: { delays: [100, 600, 'listening'] },
  full: { delays: [...DELAYS, 'listening', 'listening'] },
  async run(bench, { delays }) {
    await bench.sharedDatabase();
    let longest = 0;
    const first = firstLine();
    for (const planned of delays) {
      const delay = typeof planned === 'number' ? planned + first : planned;
      const server = await bench.attempt(
        {},
        {
          command: ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'],
          name: 'process-1',
        },
      );
      const pid = await bench.until(() => onlyChildOf(server.process.pid), 'Process 1', 10_000, 5);
      if (delay === 'listening') await server.listens();
      else await bench.pause(delay);
      process.kill(pid, 'SIGTERM');
      const exit = await server.process.endsWithin(STOP * 3);
      if (exit === null) {
        bench.fails(`SIGTERM ${delay === 'listening' ? 'after' : `${delay} ms into`} the start was ignored`);
        server.process.kill('SIGKILL');
        continue;
      }
      longest = Math.max(longest, exit.ms);
      bench.wants(
        isEnd(exit),
        `SIGTERM at ${delay}: ended with ${exit.code ?? exit.signal}: ${lastLine(server)}`,
      );
    }
    bench.wantsWithin(longest, STOP, 'the slowest end');
  },
};

/**
 * Milliseconds until Node has run its first line here. The kernel drops a signal to process 1 that comes before: no
 * program can hear it.
 */
function firstLine() {
  const started = performance.now();
  spawnSync(process.execPath, ['-e', '']);
  return Math.round((performance.now() - started) * 2 + 50);
}

function lastLine(server) {
  return server.output.trim().split('\n').pop();
}

export const STOP_FAULTS = [sigterm, twice, silentMail, silentDatabase, atStart, processOne];
