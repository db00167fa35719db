// How much the deletion of an application with many users slows down other users: the longest statement of its sweep,
// and the time that sign-ins and authenticated requests of another realm take before, during and after the sweep.
//
//   npm run build && DATABASE_URL=postgres://… node bench/sweep-application.mjs [users] [users elsewhere]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ownDatabase } from './kit/own-database.mjs';

const USERS = Number(process.argv[2] ?? 100_000);
const ELSEWHERE = Number(process.argv[3] ?? 100_000);
const QUIET_MS = 10_000;
const PASSWORD = 'correct horse battery staple';

const database = await ownDatabase('sweep');
// Cheap hashes, because the time in the database is measured.
const variables = {
  ...process.env,
  NODE_ENV: 'test',
  DATABASE_URL: database.url,
  THROTTLE_FACTOR: '1000000',
  HASHING_MEMORY_KIB: '1024',
  HASHING_PASSES: '1',
  LOG_LEVEL: 'silent',
};
const server = start('kit/shipped.mjs', ['fastify']);
try {
  const [{ port }] = await once(server, 'message');
  const api = `http://127.0.0.1:${port}`;
  const owner = await person(api);
  const application = await (
    await call(`${api}/applications`, { name: 'Bench' }, { 'x-session-token': owner.token })
  ).json();
  await seed(application.id);
  // Two users: after a hundred sign-ins of one user the oldest session ends, and with it the token of the requests.
  const load = new Load(api, (await person(api)).email, (await person(api)).token);
  const before = await load.during(pause(QUIET_MS));
  const deletion = performance.now();
  await call(
    `${api}/applications/${application.id}`,
    undefined,
    { 'x-session-token': owner.token },
    'DELETE',
  );
  say(`DELETE /applications/:id took ${(performance.now() - deletion).toFixed(0)} ms`);
  const sweeper = start('sweep/sweeper.mjs', []);
  const during = await load.during(
    once(sweeper, 'message').then(([{ rows, milliseconds, statements, median, longest }]) => {
      say(
        `swept ${rows} rows in ${(milliseconds / 1000).toFixed(1)} s: ${statements} statements, median ${median.toFixed(0)} ms, longest ${longest.toFixed(0)} ms`,
      );
    }),
  );
  const after = await load.during(pause(QUIET_MS));
  for (const kind of ['sign-in', 'request']) {
    say(
      `${kind} of another realm, ms   before ${before[kind]}   during ${during[kind]}   after ${after[kind]}`,
    );
  }
  const left = await database.query(
    `SELECT (SELECT count(*) FROM authentication.users) AS users, (SELECT count(*) FROM authentication.sessions) AS sessions`,
  );
  say(`left: ${left.rows[0].users} users, ${left.rows[0].sessions} sessions`);
} finally {
  server.kill('SIGKILL');
  await once(server, 'exit');
  await database.drop();
}

/** Signs in and reads the own user in turns, and records how long each call takes. */
function Load(api, email, token) {
  this.during = async (end) => {
    const samples = { 'sign-in': [], request: [] };
    let ended = false;
    void end.then(() => (ended = true));
    while (!ended) {
      samples['sign-in'].push(await timed(() => call(`${api}/sign_in`, { email, password: PASSWORD })));
      for (let count = 0; count < 4; count += 1) {
        samples.request.push(
          await timed(() => call(`${api}/me`, undefined, { 'x-session-token': token }, 'GET')),
        );
      }
      await pause(20);
    }
    await end;
    return Object.fromEntries(Object.entries(samples).map(([kind, times]) => [kind, summary(times)]));
  };
}

function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))].toFixed(1);
  return `p50 ${at(0.5)} p95 ${at(0.95)} max ${at(1)} (${times.length})`;
}

async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function seed(realm) {
  const add = (into, prefix, count) =>
    database.query(`WITH added AS (
         INSERT INTO authentication.users (realm, email, password_digest)
         SELECT '${into}', '${prefix}' || n || '@example.com', repeat('x', 96) FROM generate_series(1, ${count}) n RETURNING id),
       tokens AS (
         INSERT INTO authentication.one_time_tokens (user_id, purpose, sent_to, digest, expires_at)
         SELECT id, 'email_verification', 'somebody@example.com', sha256(('t' || id)::bytea), now() + interval '2 days' FROM added)
       INSERT INTO authentication.sessions (user_id, token_digest, user_agent, ip_address)
       SELECT id, sha256((id || ' ' || n)::bytea), repeat('x', 100), '203.0.113.9' FROM added, generate_series(1, 2) n`);
  await add('00000000-0000-0000-0000-000000000000', 'elsewhere', ELSEWHERE);
  await add(realm, 'user', USERS);
  await database.query('ANALYZE');
  say(`${USERS} users in the application, ${ELSEWHERE} elsewhere, each with two sessions and a token`);
}

async function person(api) {
  const email = `bench.${Math.random().toString(36).slice(2)}@example.com`;
  await call(`${api}/sign_up`, { email, password: PASSWORD, password_confirmation: PASSWORD });
  const { headers } = await call(`${api}/sign_in`, { email, password: PASSWORD });
  return { email, token: headers.get('x-session-token') };
}

async function call(target, body, headers = {}, method = 'POST') {
  const response = await fetch(target, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${target} was answered ${response.status}`);
  if (method === 'GET') await response.text();
  return response;
}

function start(file, args) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return fork(path, args, { env: variables, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
