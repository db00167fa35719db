// `add` in existing projects: those of `nest new`, and one with its own TypeORM, pipe, throttler, prefix and Fastify.
// Their tests still pass, their routes and limits answer as before, byte for byte, and our routes answer, too.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inLanes } from './kit/check.mjs';
import { signUpAndClick } from './kit/journey.mjs';
import { commit, nestNew } from './kit/nest-new.mjs';
import { freePort, must, startServer } from './kit/processes.mjs';
import { filesIn, mustBeSame, snapshot, writeTree } from './kit/tree.mjs';
import { ownersDay } from './owners-day.mjs';

const SHOP = fileURLToPath(new URL('fixtures/shop', import.meta.url));
const JSON_TYPE = { 'content-type': 'application/json' };
const OF_NEST_NEW = [
  ['GET', '/'],
  ['GET', '/?q=1'],
  ['HEAD', '/'],
  ['GET', '/nowhere'],
  ['POST', '/', JSON_TYPE, '{"a":1}'],
  ['POST', '/', JSON_TYPE, '{"a":'],
  ['POST', '/', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=1'],
];
const HOSTS = [
  {
    name: 'nest-11',
    specs: 'all',
    // The check new-matrix runs all of them.
    only: ['sessions'],
    make: (folder) => nestNew(11, folder),
    owner: { suffix: '', nest: 11, specs: ['core/database', 'registrations'] },
    tests: ['test', 'test:e2e'],
    start: 'dist/main',
    prefix: '',
    requests: OF_NEST_NEW,
  },
  {
    name: 'nest-12',
    make: (folder) => nestNew(12, folder),
    // The contract holds whatever an owner changed.
    owner: { suffix: '.js', nest: 12, specs: ['contract'] },
    tests: ['test', 'test:e2e'],
    start: 'dist/main',
    prefix: '',
    requests: OF_NEST_NEW,
  },
  {
    name: 'own TypeORM, pipe, throttler, prefix, Fastify',
    make: shop,
    tests: ['test'],
    start: 'dist/main.js',
    prefix: '/api',
    requests: [
      ['GET', '/api/users'],
      ['POST', '/api/users', JSON_TYPE, '{"name":"Ada"}'],
      ['POST', '/api/users', JSON_TYPE, '{"name":"Ada","role":"admin"}'],
      ['POST', '/api/users', JSON_TYPE, '{"name":'],
      ['POST', '/api/users', JSON_TYPE, '{"name":"Eve"}'],
      ['POST', '/api/users', JSON_TYPE, '{"name":"over the limit"}'],
      ['GET', '/api/users/1'],
      ['GET', '/api/users/999'],
      ['GET', '/api/users/one'],
      ['GET', '/api/users'],
      ['GET', '/users'],
      ['GET', '/api/nowhere'],
      ['POST', '/api/users', { 'content-type': 'text/csv' }, 'a,b'],
    ],
  },
];
/** Headers that depend on the time. */
const FLEETING = new Set(['date', 'x-ratelimit-reset', 'retry-after']);

export default async function add(check, workshop) {
  if (workshop.server === null) {
    check.leaveOut(
      'add into real projects',
      'an existing application needs a Postgres server, and DATABASE_URL names none',
    );
    return;
  }
  const folder = workshop.emptyFolder('add');
  await inLanes(HOSTS.map((host) => () => oneHost(check, workshop, folder, host)));
}

async function oneHost(check, workshop, folder, host) {
  const { name, make, tests, start, prefix, requests, specs = 'contract', only = [], owner } = host;
  const say = (what, work) => check.case(`${name}: ${what}`, work);
  let cwd;
  let before;
  const database = await workshop.database();
  const ownTests = async () => {
    for (const script of tests) await must('npm', ['run', script], { cwd, env: { DATABASE_URL: database } });
  };
  const isReady = await say('the project as it was: installed, tested, built, started', async () => {
    cwd = await make(folder);
    await must('npm', ['install'], { cwd, minutes: 8 });
    commit(cwd);
    await ownTests();
    await must('npm', ['run', 'build'], { cwd });
    before = await answers(workshop, cwd, start, requests);
  });
  if (!isReady) return;

  await say('a route that clashes is refused', async () => {
    const file = join(cwd, 'src/me.controller.ts');
    writeFileSync(file, CLASH);
    const clashing = ['add', '--dry-run'];
    const { stderr } = await workshop.mustTool(clashing, { cwd, code: 3 });
    assert.match(stderr, /GET \/me.*--route-prefix/s);
    await workshop.mustTool([...clashing, '--route-prefix', 'auth'], { cwd });
    spawnSync('git', ['clean', '-fq', 'src'], { cwd });
  });

  const isAdded = await say('add, with the install', () =>
    workshop.mustTool(['add', '--no-try', '--features', 'all', '--specs', specs], { cwd, minutes: 8 }),
  );
  if (!isAdded) return;
  await say('its own tests still pass', ownTests);
  const isBuilt = await say('it builds', () => must('npm', ['run', 'build'], { cwd }));
  if (isBuilt) {
    await say('its routes and limits answer as before, and ours answer', async () => {
      const after = await answers(
        workshop,
        cwd,
        start,
        requests,
        (base) => signUpAndClick(base, { prefix }),
        prefix,
      );
      for (const [index, answer] of after.entries()) {
        assert.deepEqual(
          answer,
          before[index],
          `${requests[index].slice(0, 2).join(' ')} is answered differently`,
        );
      }
    });
  }
  await say('add again changes nothing', async () => {
    const once = snapshot(cwd);
    const { stdout } = await workshop.mustTool(['add', '--force'], { cwd });
    assert.match(stdout, /Nothing to do/);
    mustBeSame(once, snapshot(cwd), 'the second add changed something');
  });
  const script = specs === 'contract' ? ['verify:auth'] : ['test:authentication', '--', ...only];
  await say(script.join(' '), () =>
    workshop.alone(() =>
      must('npm', ['run', ...script], {
        cwd,
        env: { DATABASE_URL: workshop.server },
        minutes: 12,
      }),
    ),
  );
  if (owner !== undefined) await ownersDay(say, workshop, cwd, { start, commit, ...owner });
}

/** Answers with an empty database, so that ids are the same each time. */
async function answers(workshop, cwd, start, requests, then, prefix = '') {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const server = await startServer('node', [start], {
    cwd,
    env: { PORT: String(port), DATABASE_URL: await workshop.database(), APP_URL: base + prefix },
    ready: () =>
      fetch(`${base}/nothing-is-here`).then(
        () => true,
        () => false,
      ),
  });
  try {
    const given = [];
    for (const [method, path, headers = {}, body] of requests) {
      const response = await fetch(base + path, { method, headers, ...(body === undefined ? {} : { body }) });
      const kept = [...response.headers].filter(([name]) => !FLEETING.has(name));
      given.push({ status: response.status, headers: Object.fromEntries(kept), body: await response.text() });
    }
    await then?.(base);
    return given;
  } catch (error) {
    throw new Error(`${error.message}\n${server.output().slice(-3000)}`, { cause: error });
  } finally {
    await server.stop();
  }
}

/** The files of the fixture end in .txt, so that our own compiler, linter and formatter ignore them. */
async function shop(folder) {
  const cwd = join(folder, 'shop');
  const files = filesIn(SHOP).map((path) => [
    path.replace(/\.txt$/, ''),
    readFileSync(join(SHOP, path), 'utf8'),
  ]);
  writeTree(cwd, Object.fromEntries(files));
  return cwd;
}

const CLASH =
  "import { Controller, Get } from '@nestjs/common';\n\n@Controller('me')\nexport class MeController {\n  @Get()\n  show() {\n    return 'mine';\n  }\n}\n";
