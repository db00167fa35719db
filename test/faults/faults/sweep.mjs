import { fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Person } from '../kit/people.mjs';

const SWEEPER = fileURLToPath(new URL('../../../bench/sweep/sweeper.mjs', import.meta.url));

const sweep = {
  name: 'sweep',
  says: '1,000,000 expired sessions are deleted while others sign in',
  fullOnly: true,
  alone: true,
  full: { sessions: 1_000_000 },
  async run(bench, { sessions }) {
    await bench.sharedDatabase();
    await bench.start();
    const watcher = await bench.person('watcher');
    const expired = new Person(bench, watcher.email);
    await expired.signIn();
    await bench.query(
      `INSERT INTO authentication.sessions (user_id, token_digest, last_active_at, created_at)
       SELECT (SELECT id FROM authentication.users LIMIT 1), sha256(n::text::bytea), now() - interval '15 days', now() - interval '16 days'
       FROM generate_series(1, ${sessions}) n`,
    );
    await bench.query(
      "UPDATE authentication.sessions SET last_active_at = now() - interval '15 days' WHERE token_digest = sha256($1::bytea)",
      [expired.token],
    );
    bench.journal.tried('sign_out', { email: expired.email, token: expired.token });
    const load = bench.load({ people: 2 });
    // Another instance of the server, which sweeps now and not within the hour.
    const sweeper = fork(SWEEPER, [], {
      env: { PATH: process.env.PATH, ...bench.settings, LOG_LEVEL: 'silent' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    bench.scope.defer(() => sweeper.kill('SIGKILL'));
    const swept = once(sweeper, 'message');
    let isDone = false;
    void swept.then(() => (isDone = true));
    while (!isDone) {
      const answer = await bench.client.call('GET', '/me', { token: expired.token });
      bench.answers.take('GET /me of an expired session', answer, { wants: [401], mayFail: false });
      await bench.pause(50);
    }
    const [{ rows, milliseconds, statements, longest }] = await swept;
    await bench.calm(load);
    bench.note(
      `${rows} rows in ${(milliseconds / 1000).toFixed(0)} s, ${statements} statements, the longest ${longest.toFixed(0)} ms`,
    );
    bench.wants(rows >= sessions, `only ${rows} rows were deleted`);
    bench.wants(longest < 2000, 'a statement of the sweep held its locks for long');
    bench.wants(bench.answers.longest < 3000, 'requests waited for the sweep');
    await bench.settle();
  },
};

export const SWEEP_FAULTS = [sweep];
