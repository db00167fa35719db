// The session cache over three processes: how soon a revoked session is refused by each of them, whether a read that
// races with its revocation is ever answered for long, and what NOTIFY costs the commits.
//
//   npm run build && DATABASE_URL=postgres://… node bench/session-cache.mjs [revocations] [races]
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { ownDatabase } from './kit/own-database.mjs';

const REVOCATIONS = Number(process.argv[2] ?? 1000);
const RACES = Number(process.argv[3] ?? 20_000);
const COMMITS = 4000;
const COMMITTERS = 8;
const RACERS = 16;
const LEASE_MS = 3000;
const PROCESSES = 3;
const END = "DELETE FROM authentication.sessions WHERE token_digest = sha256(convert_to($1, 'UTF8'))";

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const database = await ownDatabase('session_cache');
const pool = new pg.Pool({ connectionString: database.url, max: RACERS });
pool.on('error', () => undefined);
// The first one creates the tables.
const servers = [await start()];
while (servers.length < PROCESSES) servers.push(await start());
try {
  await latency();
  await races();
  await commits();
} finally {
  for (const { child } of servers) child.kill('SIGKILL');
  agent.destroy();
  await pool.end();
  await database.drop();
}

async function start() {
  const path = fileURLToPath(new URL('guard/guarded.mjs', import.meta.url));
  const variables = {
    ...process.env,
    DATABASE_URL: database.url,
    NODE_ENV: 'test',
    SESSION_CACHE: 'true',
    SESSION_CACHE_ENTRIES: '100000',
  };
  const child = fork(path, ['fastify'], {
    env: variables,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ port }] = await once(child, 'message');
  return { child, port };
}

/** Each process has kept the session, and is asked again and again from its revocation on. */
async function latency() {
  const times = [];
  for (const token of await sessions(REVOCATIONS)) {
    for (const server of servers) for (let time = 0; time < 2; time += 1) await status(server, token);
    await pause(5);
    await pool.query(END, [token]);
    const committed = performance.now();
    times.push(...(await Promise.all(servers.map((server) => refusedAfter(server, token, committed)))));
  }
  times.sort((a, b) => a - b);
  const at = (part) => times[Math.min(times.length - 1, Math.floor(times.length * part))].toFixed(1);
  print(
    'refused after the COMMIT, ms',
    `p50 ${at(0.5)}  p99 ${at(0.99)}  longest ${at(1)}  of ${times.length}`,
  );
}

/** @returns milliseconds from the COMMIT to the first request that was refused; 0 if that is the first one of all */
async function refusedAfter(server, token, committed) {
  let last = committed;
  for (;;) {
    const sent = performance.now();
    if ((await status(server, token)) === 401) return last === committed ? 0 : sent - committed;
    last = sent;
  }
}

/** Each session is ended while it is read for the first time. After the lease every answer must be a refusal. */
async function races() {
  const tokens = await sessions(RACES);
  const left = [...tokens];
  let first = 0;
  let took = 1;
  await Promise.all(
    Array.from({ length: RACERS }, async () => {
      for (let token = left.pop(); token !== undefined; token = left.pop()) {
        const began = performance.now();
        const reads = servers.map((server) => status(server, token));
        void reads[0].then(() => (took = performance.now() - began));
        // Before, while and after the reads.
        await pause(Math.random() * 1.5 * took);
        await pool.query(END, [token]);
        first += (await Promise.all(reads)).filter((answered) => answered === 200).length;
      }
    }),
  );
  await pause(LEASE_MS);
  let stale = 0;
  for (const token of tokens)
    for (const answered of await Promise.all(servers.map((server) => status(server, token))))
      if (answered !== 401) stale += 1;
  print(
    'racing reads that stayed',
    `${stale} of ${tokens.length * PROCESSES} (${first} of them were answered at first)`,
  );
}

/** Each commit ends one session. */
async function commits() {
  const rate = async () => {
    const left = await sessions(COMMITS);
    const began = performance.now();
    await Promise.all(
      Array.from({ length: COMMITTERS }, async () => {
        for (let token = left.pop(); token !== undefined; token = left.pop()) await pool.query(END, [token]);
      }),
    );
    return Math.round(COMMITS / ((performance.now() - began) / 1000));
  };
  const announced = await rate();
  await pool.query('ALTER TABLE authentication.sessions DISABLE TRIGGER USER');
  print('revocations a second', `${announced} announced, ${await rate()} without triggers`);
}

/** @returns the tokens of new sessions of one user */
async function sessions(count) {
  const name = randomBytes(16).toString('hex');
  const { rows } = await pool.query(
    `WITH owner AS (INSERT INTO authentication.users (realm, email)
       VALUES ('00000000-0000-0000-0000-000000000000', $1 || '@example.com') RETURNING id),
     made AS (SELECT owner.id, $1 || n AS token FROM owner, generate_series(1, $2::int) AS n),
     kept AS (INSERT INTO authentication.sessions (user_id, token_digest)
       SELECT id, sha256(convert_to(token, 'UTF8')) FROM made)
     SELECT token FROM made`,
    [name, count],
  );
  return rows.map(({ token }) => token);
}

function status({ port }, token) {
  return new Promise((resolve, reject) => {
    const headers = { 'x-session-token': token };
    const sent = request(
      { host: '127.0.0.1', port, path: '/sessions/current', headers, agent },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

function print(what, found) {
  process.stdout.write(`${what.padEnd(32)} ${found}\n`);
}
