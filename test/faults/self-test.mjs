// Shows that the harness can fail: each loss, duplicate and wrong answer that is planted here must be found. It starts no
// server and takes a second. `npm run test:faults` runs it first.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Answers, wrongOf } from './kit/answers.mjs';
import { Client } from './kit/client.mjs';
import { Journal } from './kit/journal.mjs';
import { digestOf, reconcile } from './kit/reconcile.mjs';
import { exitCode, resultOf } from './kit/report.mjs';

const EMAIL = 'ada@example.com';
const folder = mkdtempSync(join(tmpdir(), 'faults-self-test-'));

/** What a journal holds after a sign-up, a sign-in, a new password and a sign-out of another session. */
function journal() {
  const written = new Journal(join(folder, `${Math.random()}`));
  written.tried('user', { email: EMAIL, password: 'first' });
  written.acknowledged('user', { email: EMAIL, password: 'first' });
  written.acknowledged('session', { email: EMAIL, token: 'kept' });
  written.acknowledged('session', { email: EMAIL, token: 'ended' });
  written.tried('password', { email: EMAIL, password: 'second' });
  written.acknowledged('password', { email: EMAIL, password: 'second' });
  written.tried('sign_out', { email: EMAIL, token: 'ended' });
  written.acknowledged('sign_out', { email: EMAIL, token: 'ended' });
  const entries = written.entries();
  written.close();
  return entries;
}

/** A database and a mail server in which all of that holds. */
const allThere = () => ({
  users: new Map([[EMAIL, (password) => Promise.resolve(password === 'second')]]),
  sessions: new Set([digestOf('kept')]),
  mails: [{ to: EMAIL, subject: 'Confirm', token: 'first' }],
  working: new Set([EMAIL]),
});

async function lossesAfter(harm) {
  const found = allThere();
  harm(found);
  return (await reconcile(journal(), found)).lost;
}

const checks = {
  'nothing is lost where all is there': async () => {
    const { lost, acknowledged, duplicated } = await reconcile(journal(), allThere());
    assert.deepEqual({ lost, acknowledged, duplicated }, { lost: [], acknowledged: 5, duplicated: 0 });
  },
  'a lost user': async () => {
    assert.deepEqual(await lossesAfter(({ users }) => users.delete(EMAIL)), [`user ${EMAIL}`]);
  },
  'a lost session': async () => {
    assert.deepEqual(await lossesAfter(({ sessions }) => sessions.clear()), [`session of ${EMAIL}`]);
  },
  'a sign-out that was forgotten': async () => {
    assert.deepEqual(await lossesAfter(({ sessions }) => sessions.add(digestOf('ended'))), [
      `sign-out of ${EMAIL}`,
    ]);
  },
  'a password change that was forgotten': async () => {
    const old = (password) => Promise.resolve(password === 'first');
    assert.deepEqual(await lossesAfter(({ users }) => users.set(EMAIL, old)), [`password of ${EMAIL}`]);
  },
  'a sign-up without a mail that works': async () => {
    assert.deepEqual(await lossesAfter(({ working }) => working.clear()), [`mail to ${EMAIL}`]);
  },
  'what was never answered may have happened or not': async () => {
    const entries = [
      ...journal(),
      { fact: 'password', email: EMAIL, answered: false, password: 'third' },
      { fact: 'sign_out', email: EMAIL, answered: false, token: 'kept' },
      { fact: 'user', email: 'unanswered@example.com', answered: false, password: 'first' },
    ];
    const changed = allThere();
    changed.users.set(EMAIL, (password) => Promise.resolve(password === 'third'));
    changed.sessions.clear();
    for (const found of [allThere(), changed]) assert.deepEqual((await reconcile(entries, found)).lost, []);
  },
  'the oldest of more than a hundred sessions ends, the newest must be there': async () => {
    const more = Array.from({ length: 120 }, (_, turn) => [
      { fact: 'session', email: EMAIL, answered: false },
      { fact: 'session', email: EMAIL, answered: true, token: `more ${turn}` },
    ]).flat();
    const { lost } = await reconcile([...journal(), ...more], allThere());
    assert.equal(lost.length, 90);
  },
  'a mail that came twice': async () => {
    const found = allThere();
    found.mails.push(
      { to: EMAIL, subject: 'Confirm', token: 'first' },
      { to: EMAIL, subject: 'Confirm', token: 'asked for again' },
      { to: EMAIL, subject: 'Another kind', token: 'first' },
    );
    const { duplicated, mostForOne } = await reconcile(journal(), found);
    assert.deepEqual({ duplicated, mostForOne }, { duplicated: 1, mostForOne: 2 });
  },
  'wrong answers, over real connections': wrongAnswers,
  'an outage is timed from the healing to the first success that began after it': () => {
    const answers = new Answers();
    answers.healed();
    const now = performance.now();
    const success = { status: 200, type: 'application/json', body: {}, failure: null, ms: 30 };
    answers.take('early', { ...success, startedAt: now - 1000 }, { wants: [200] });
    assert.equal(answers.isStillOut, true);
    answers.take('late', { ...success, startedAt: now + 500 }, { wants: [200] });
    assert.equal(answers.isStillOut, false);
    assert.ok(answers.outage > 500 && answers.outage < 600, `the outage was ${answers.outage}`);
  },
  'a server that answers 503 without a fault, more than here and there': () => {
    const answers = new Answers();
    const busy = {
      status: 503,
      type: 'application/problem+json',
      body: { code: 'unavailable' },
      failure: null,
      ms: 1,
    };
    const take = (isFault) => answers.take('x', busy, { wants: [200], mayFail: true, isFault });
    for (let turn = 0; turn < 50; turn += 1) take(true);
    take(false);
    assert.equal(answers.isTooBusy, false);
    for (let turn = 0; turn < 5; turn += 1) take(false);
    assert.equal(answers.isTooBusy, true);
  },
  'the exit code is 1 for a loss, a wrong answer, a duplicate too many, an unmet wish, an error': () => {
    const bench = (harm = {}) => ({
      answers: Object.assign(new Answers(), harm.answers),
      acknowledged: 5,
      lost: [],
      duplicated: 0,
      allowedDuplicates: 0,
      unmet: [],
      notes: [],
      ...harm.bench,
    });
    const code = (harm, end = { ms: 1 }) => exitCode([resultOf({ name: 'x', says: '' }, bench(harm), end)]);
    assert.equal(code({}), 0);
    assert.equal(code({ bench: { lost: ['user'] } }), 1);
    assert.equal(code({ bench: { duplicated: 2, allowedDuplicates: 1 } }), 1);
    assert.equal(code({ bench: { duplicated: 1, allowedDuplicates: 1 } }), 0);
    assert.equal(code({ bench: { unmet: ['the first request after healing'] } }), 1);
    assert.equal(code({ answers: { wrong: new Map([['POST /sign_in: 500', 1]]) } }), 1);
    assert.equal(code({}, { ms: 1, error: 'did not end' }), 1);
    const notRun = resultOf({ name: 'x', says: '' }, null, { ms: 1, notRun: 'no right to' });
    assert.deepEqual([notRun.isOk, exitCode([notRun])], [false, 0]);
  },
};

/** A server that answers what its path says. */
async function wrongAnswers() {
  const problem = (status, code) => [status, 'application/problem+json', JSON.stringify({ status, code })];
  const replies = {
    '/right': [200, 'application/json', '{}'],
    '/none': [204, '', ''],
    '/unavailable': problem(503, 'unavailable'),
    '/overloaded': problem(503, 'overloaded'),
    '/refused': problem(401, 'invalid_credentials'),
    '/internal': problem(500, 'internal_error'),
    '/other': problem(503, 'closing'),
    '/fastify': [503, 'application/json', '{"error":"Service Unavailable"}'],
    '/html': [200, 'text/html', '<p>'],
    '/cut': [200, 'application/json', '{"half":'],
  };
  const server = createServer((request, response) => {
    if (request.url === '/reset') return request.socket.resetAndDestroy();
    const [status, type, body] = replies[request.url];
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const client = new Client(() => `http://127.0.0.1:${server.address().port}`);
  const wrong = async (path, rules = {}) =>
    wrongOf(await client.call('GET', path), { wants: [200, 204], ...rules }) !== null;
  for (const right of ['/right', '/none', '/unavailable', '/overloaded'])
    assert.equal(await wrong(right), false, right);
  for (const bad of ['/refused', '/internal', '/other', '/fastify', '/html', '/cut', '/reset'])
    assert.equal(await wrong(bad), true, bad);
  assert.equal(await wrong('/right', { wants: [401] }), true, 'a success that should not be');
  assert.equal(await wrong('/unavailable', { mayFail: false }), true, 'a 503 without a fault');
  assert.equal(await wrong('/reset', { mayBreak: true }), false, 'a broken connection at a kill');
  client.close();
  await new Promise((done) => server.close(done));
}

try {
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
    } catch (error) {
      throw new Error(`The harness does not find: ${name}\n${error.message}`, { cause: error });
    }
  }
  process.stdout.write(`Self-test: ${Object.keys(checks).length} checks of the harness itself passed\n`);
} catch (error) {
  process.stdout.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
