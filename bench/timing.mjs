// Whether the time of an answer tells an attacker that an address is known. Each comparison sends pairs of requests, one
// of each side in random order, and compares the times of the two sides as the client sees them: the medians, and the
// Mann-Whitney test (an AUC of 0.5 means that no single answer tells anything).
//
//   npm run build && DATABASE_URL=postgres://… node bench/timing.mjs [pairs] [words of the comparisons to run]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ownDatabase } from './kit/own-database.mjs';
import { mannWhitney, median } from './timing/statistics.mjs';

const PAIRS = Number(process.argv[2] ?? 1000);
const ONLY = process.argv[3] ?? '';
const WARM_UP = 50;
/** So that the mail of one request is not written during the next. */
const SETTLE_MS = 15;
const PEOPLE = 40;
const PASSWORD = 'correct horse battery staple';
const KINDS = ['verified', 'unverified', 'suspended', 'unknown'];

const signIn = (kind, password = 'wrong horse battery staple') => ({
  path: '/sign_in',
  status: 401,
  body: (at) => ({ email: addressOf(kind, at), password }),
});
const asked = (path) => (kind) => ({ path, status: 204, body: (at) => ({ email: addressOf(kind, at) }) });
const reset = asked('/identity/password_reset');
const verification = asked('/identity/email_verification');
const passwordless = asked('/sessions/passwordless');
const code = (kind) => ({
  method: 'PUT',
  path: '/sessions/passwordless',
  status: 400,
  body: (at) => ({ email: addressOf(kind, at), code: 'AAAAAAAA' }),
});
const signUp = (addressAt) => ({
  path: '/sign_up',
  status: 202,
  body: (at) => ({ email: addressAt(at), password: PASSWORD, password_confirmation: PASSWORD }),
});

/** Each: what is compared, the two sides, settings of the server, and what runs before each pair. */
const COMPARISONS = [
  ['sign-in: verified, unknown', signIn('verified'), signIn('unknown')],
  ['sign-in: unverified, unknown', signIn('unverified'), signIn('unknown')],
  ['sign-in: suspended, unknown', signIn('suspended'), signIn('unknown')],
  ['reset: verified, unknown', reset('verified'), reset('unknown')],
  ['reset: unverified, unknown', reset('unverified'), reset('unknown')],
  ['verification: unverified, unknown', verification('unverified'), verification('unknown')],
  ['passwordless: verified, unknown', passwordless('verified'), passwordless('unknown')],
  ['code: verified with a code, unknown', code('verified'), code('unknown'), {}, keepCodesOpen],
  ['code: unverified with a code, unknown', code('unverified'), code('unknown'), {}, keepCodesOpen],
  ['code: suspended without a code, unknown', code('suspended'), code('unknown')],
  [
    'concealed sign-up: taken, free',
    signUp((at) => addressOf('verified', at)),
    signUp((at) => `free.${at}.${Math.random().toString(36).slice(2, 8)}@example.com`),
    { CONCEAL_ACCOUNTS: 'true' },
  ],
  [
    'concealed sign-in: unverified with the right password, unknown',
    signIn('unverified', PASSWORD),
    signIn('unknown', PASSWORD),
    { CONCEAL_ACCOUNTS: 'true' },
  ],
];

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const database = await ownDatabase('timing');
let server = await start({});
try {
  await register();
  process.stdout.write(
    `| comparison | median, ms | median, ms | ratio | AUC | p |\n| --- | --: | --: | --: | --: | --: |\n`,
  );
  for (const [name, first, second, settings = {}, before] of COMPARISONS.filter(([name]) =>
    name.includes(ONLY),
  )) {
    await stop();
    server = await start(settings);
    await (name.startsWith('code') ? askForCodes() : undefined);
    report(name, await compare(first, second, before));
  }
} finally {
  await stop();
  agent.destroy();
  await database.drop();
}

async function compare(first, second, before) {
  const times = [[], []];
  for (let at = -WARM_UP; at < PAIRS; at += 1) {
    if (at % 4 === 0) await before?.();
    const order = Math.random() < 0.5 ? [0, 1] : [1, 0];
    for (const side of order) {
      const took = await timed([first, second][side], Math.abs(at));
      if (at >= 0) times[side].push(took);
      await pause(SETTLE_MS);
    }
  }
  return times;
}

async function timed({ method = 'POST', path, status, body }, at) {
  const text = JSON.stringify(body(at));
  const started = process.hrtime.bigint();
  const answered = await call(method, path, text);
  const took = Number(process.hrtime.bigint() - started) / 1e6;
  if (answered !== status) throw new Error(`${method} ${path} was answered ${answered}, not ${status}`);
  return took;
}

function report(name, [first, second]) {
  const { auc, p } = mannWhitney(first, second);
  const [one, other] = [median(first), median(second)];
  const cells = [
    name,
    one.toFixed(2),
    other.toFixed(2),
    (one / other).toFixed(3),
    auc.toFixed(3),
    p.toFixed(3),
  ];
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

/** All addresses have the same length. */
function addressOf(kind, at) {
  return `someone.${KINDS.indexOf(kind)}.${String(at % PEOPLE).padStart(3, '0')}@example.com`;
}

async function register() {
  for (const kind of KINDS.slice(0, 3)) {
    for (let at = 0; at < PEOPLE; at += 1) {
      const body = { email: addressOf(kind, at), password: PASSWORD, password_confirmation: PASSWORD };
      await call('POST', '/sign_up', JSON.stringify(body));
    }
  }
  await database.query(
    `UPDATE authentication.users SET verified = email NOT LIKE 'someone.${KINDS.indexOf('unverified')}.%',
       suspended_at = CASE WHEN email LIKE 'someone.${KINDS.indexOf('suspended')}.%' THEN now() END`,
  );
}

async function askForCodes() {
  for (const kind of ['verified', 'unverified']) {
    for (let at = 0; at < PEOPLE; at += 1)
      await call('POST', '/sessions/passwordless', JSON.stringify({ email: addressOf(kind, at) }));
  }
  for (let issued = 0; issued < 2 * PEOPLE;) {
    await pause(200);
    const { rows } = await database.query(
      'SELECT count(DISTINCT user_id) AS count FROM authentication.passwordless_codes',
    );
    issued = Number(rows[0].count);
  }
}

/** A code ends after five failures. */
async function keepCodesOpen() {
  await database.query('UPDATE authentication.passwordless_codes SET failures_before = 1000000');
}

async function start(settings) {
  const path = fileURLToPath(new URL('kit/shipped.mjs', import.meta.url));
  const variables = {
    ...process.env,
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    THROTTLE_FACTOR: '1000000',
    LOG_LEVEL: 'silent',
    ...settings,
  };
  const child = fork(path, ['fastify'], { env: variables, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [{ port }] = await once(child, 'message');
  return { child, port };
}

async function stop() {
  if (server.child.exitCode !== null || server.child.signalCode !== null) return;
  server.child.kill('SIGKILL');
  await once(server.child, 'exit');
}

function call(method, path, body) {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: server.port, method, path, headers, agent },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
