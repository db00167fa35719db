// `add` into an application that has its own ways: a prefix from its configuration, versions with a default, an
// interceptor that wraps answers, a guard on all routes, a strict pipe, helmet and a document. The trial start, its
// build, its own routes, sign-up, the mailed link and sign-in. It has TypeORM 0.3, an old target and no esModuleInterop.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signUpAndClick } from './kit/journey.mjs';
import { commit } from './kit/nest-new.mjs';
import { must, startServer } from './kit/processes.mjs';
import { filesIn, writeTree } from './kit/tree.mjs';

const FIXTURE = fileURLToPath(new URL('fixtures/host-around', import.meta.url));
const PREFIX = '/api';

export default async function host(check, workshop) {
  if (workshop.server === null) {
    check.leaveOut(
      'a host with its own ways',
      'the trial start needs a Postgres server, and DATABASE_URL names none',
    );
    return;
  }
  const cwd = workshop.emptyFolder('host-around');
  const env = { DATABASE_URL: await workshop.database() };
  const add = async (...args) => {
    const { stdout } = await workshop.mustTool(['add', '--json', ...args], { cwd, env, minutes: 6 });
    return JSON.parse(stdout);
  };
  const isInstalled = await check.case('the project as it was: installed', async () => {
    writeTree(cwd, fixture());
    await must('npm', ['install'], { cwd, minutes: 6 });
    commit(cwd);
  });
  if (!isInstalled) return;

  await check.case('the table names what was found, and the flag for the prefix', async () => {
    const { facts, notes } = await add('--dry-run');
    const rows = Object.fromEntries(facts.map(({ fact, found, then }) => [fact, `${found}: ${then}`]));
    assert.match(rows['global prefix'], /apiPrefix.*taken as api/);
    assert.match(rows['versioning'], /^URI, 1: /);
    assert.match(rows['global guards'], /^JwtAuthGuard: our routes are @Public\(\)/);
    assert.match(rows['interceptors'], /^TransformInterceptor, /);
    assert.match(notes.join('\n'), /TRUSTED_PROXIES/);
  });

  const isAdded = await check.case(
    'add, and the trial start: all of it answers below the prefix',
    async () => {
      const { tried } = await add();
      assert.deepEqual([tried.result, tried.path], ['works', PREFIX], JSON.stringify(tried));
      await noneLeft(workshop);
    },
  );
  if (!isAdded) return;

  await check.case('it builds and starts: its own routes as before, ours below the prefix', async () => {
    await must('npm', ['run', 'build'], { cwd });
    const port = 4321;
    const base = `http://127.0.0.1:${port}`;
    const server = await startServer('node', ['dist/main'], {
      cwd,
      env: { ...env, APP_URL: base + PREFIX },
      ready: () =>
        fetch(base).then(
          () => true,
          () => false,
        ),
    });
    try {
      await signUpAndClick(base, { prefix: PREFIX });
      const cat = { name: 'Tom' };
      const asks = (headers, body) =>
        fetch(`${base}${PREFIX}/v1/cats`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...headers },
          body: JSON.stringify(body),
        });
      assert.equal((await asks({}, cat)).status, 401);
      assert.equal((await asks({ 'X-Key': 'secret' }, { ...cat, age: 3 })).status, 400);
      assert.deepEqual(await (await asks({ 'X-Key': 'secret' }, cat)).json(), { statusCode: 201, data: cat });
    } finally {
      await server.stop();
    }
  });

  await check.case(
    'an application that does not start keeps what was written, and its last lines are shown',
    async () => {
      writeFileSync(
        join(cwd, 'src/config/app.config.ts'),
        "throw new Error('REDIS_URL is missing');\nexport default () => ({});\n",
      );
      const { tried, result, exitCode } = await add('--features', 'activity', '--force');
      assert.deepEqual([result, exitCode, tried.result], ['written', 0, 'did not start']);
      assert.match(tried.lines.join('\n'), /REDIS_URL is missing/);
      await noneLeft(workshop);
    },
  );
}

/** No database of a trial is left. */
async function noneLeft(workshop) {
  const { rows } = await workshop.onServer(
    "SELECT datname FROM pg_database WHERE datname LIKE 'authentication_zero_try_%'",
  );
  assert.deepEqual(rows, []);
}

/** The files of the fixture end in .txt, so that our own compiler, linter and formatter ignore them. */
function fixture() {
  const files = filesIn(FIXTURE).map((path) => [
    path.replace(/\.txt$/, ''),
    readFileSync(join(FIXTURE, path), 'utf8'),
  ]);
  return Object.fromEntries(files);
}
