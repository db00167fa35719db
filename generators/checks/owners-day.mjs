// What an owner does first in a project of `nest new` after `add --features all`: options from ConfigService, a table that
// refers to users, our repository injected, a new column of users, another mail transport, a new feature.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { post } from './kit/journey.mjs';
import { freePort, must, startServer } from './kit/processes.mjs';
import { filesIn, writeTree } from './kit/tree.mjs';

const FIXTURE = fileURLToPath(new URL('fixtures/owners-day', import.meta.url));
const USER = 'src/authentication/core/users/user.entity.ts';
const ROOT = 'src/authentication/authentication.module.ts';
const MIGRATIONS = 'src/authentication/core/database/migrations';
const DATA_SOURCE = 'dist/authentication/authentication.data-source.js';
const PASSWORD = 'correct horse battery';

/** @param say runs a case with that name; @param specs that must still pass at the end; @param suffix of the project's relative imports: '.js' or '' */
export async function ownersDay(say, workshop, cwd, { start, suffix, nest, specs, commit }) {
  const typeorm = (database, ...args) =>
    must('npx', ['typeorm', ...args, '-d', DATA_SOURCE], { cwd, env: { DATABASE_URL: database } });
  const build = () => must('npm', ['run', 'build'], { cwd });
  let database;

  const isReady = await say('an owner: ConfigService, Post.author, an own transport', async () => {
    await must('npm', ['install', `@nestjs/config@^${nest === 11 ? 4 : 12}`], { cwd, minutes: 8 });
    const files = filesIn(FIXTURE).map((path) => [
      path.replace(/\.txt$/, ''),
      readFileSync(join(FIXTURE, path), 'utf8').replaceAll(/(from '\.[^']*)\.js'/g, `$1${suffix}'`),
    ]);
    writeTree(cwd, Object.fromEntries(files));
    // With these lines in the entity, `@CurrentUser()` and the repositories have the column.
    edit(
      join(cwd, USER),
      '  email!: string;\n',
      "  email!: string;\n\n  @Column({ type: 'text', default: 'member' })\n  role!: string;\n",
    );
    await build();
  });
  if (!isReady) return;

  await say("an owner: TypeORM's command line generates a migration for the new column only", async () => {
    database = await workshop.database();
    assert.match(
      (await typeorm(database, 'migration:run')).stdout,
      /CreateAuthentication.* has been executed/,
    );
    assert.match((await typeorm(database, 'migration:show')).stdout, /\[X\].*CreateAuthentication/);
    await must('npx', ['typeorm', 'migration:generate', '-d', DATA_SOURCE, `${MIGRATIONS}/add-user-role`], {
      cwd,
      env: { DATABASE_URL: database },
    });
    const file = readdirSync(join(cwd, MIGRATIONS)).find((name) => name.includes('add-user-role'));
    const text = readFileSync(join(cwd, MIGRATIONS, file), 'utf8');
    const statements = [...text.matchAll(/query\(`([^`]*)`\)/g)].map(([, statement]) => statement);
    assert.deepEqual(statements, [
      `ALTER TABLE "authentication"."users" ADD "role" text NOT NULL DEFAULT 'member'`,
      'ALTER TABLE "authentication"."users" DROP COLUMN "role"',
    ]);
    const [, name] = /export class (\w+)/.exec(text);
    edit(
      join(cwd, ROOT),
      '    CreateAuthentication1795000000000,\n',
      `    CreateAuthentication1795000000000,\n    ${name},\n`,
    );
    edit(
      join(cwd, ROOT),
      'import { CoreModule }',
      `import { ${name} } from './core/database/migrations/${file.replace(/\.ts$/, suffix)}';\nimport { CoreModule }`,
    );
    await build();
    const again = await must(
      'npx',
      ['typeorm', 'migration:generate', '-d', DATA_SOURCE, '--check', `${MIGRATIONS}/nothing`],
      { cwd, env: { DATABASE_URL: await migrated() } },
    );
    assert.match(again.stdout, /No changes in database schema were found/);
  });

  async function migrated() {
    await typeorm(database, 'migration:run');
    return database;
  }

  await say('an owner: it starts on an empty database, and all routes answer', async () => {
    const port = await freePort();
    const base = `http://127.0.0.1:${port}`;
    const mails = join(cwd, 'mails.jsonl');
    const server = await startServer('node', [start], {
      cwd,
      env: { PORT: String(port), DATABASE_URL: await workshop.database(), APP_URL: base, MAILS_FILE: mails },
      ready: () =>
        fetch(`${base}/nothing-is-here`).then(
          () => true,
          () => false,
        ),
    });
    try {
      await journey(base, mails);
    } catch (error) {
      throw new Error(`${error.message}\n${server.output().slice(-3000)}`, { cause: error });
    } finally {
      await server.stop();
    }
  });

  await say('an owner: feature new writes a feature that builds, and whose spec passes', async () => {
    commit(cwd);
    await workshop.mustTool(['feature', 'new', 'notes'], { cwd });
    assert.ok(existsSync(join(cwd, 'src/authentication/features/notes/notes.module.ts')));
    await build();
    await workshop.alone(() =>
      must('npm', ['run', 'test:authentication', '--', 'features/notes', ...specs], {
        cwd,
        env: { DATABASE_URL: workshop.server },
        minutes: 12,
      }),
    );
  });
}

async function journey(base, mails) {
  const email = 'owner@example.com';
  const signUp = await post(`${base}/sign_up`, {
    email,
    password: PASSWORD,
    password_confirmation: PASSWORD,
  });
  assert.equal(signUp.status, 201, await signUp.text());
  const signIn = await post(`${base}/sign_in`, { email, password: PASSWORD });
  assert.equal(signIn.status, 201, await signIn.text());
  const headers = {
    'X-Session-Token': signIn.headers.get('x-session-token'),
    'Content-Type': 'application/json',
  };
  const created = await fetch(`${base}/posts`, { method: 'POST', headers, body: '{"title":"Hello"}' });
  assert.equal(created.status, 201, await created.text());
  const listed = await (await fetch(`${base}/posts`, { headers })).text();
  assert.doesNotMatch(listed, /digest|argon2/i, 'the answer contains a secret of the author');
  const { posts, role, users } = JSON.parse(listed);
  assert.equal(posts[0].title, 'Hello');
  assert.equal(posts[0].author.email, email);
  assert.deepEqual({ role, users }, { role: 'member', users: 1 });
  for (let tries = 0; tries < 100 && !existsSync(mails); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  assert.match(
    readFileSync(mails, 'utf8'),
    /owner@example\.com/,
    "the mail was not sent with the host's transport",
  );
}

function edit(path, from, to) {
  const text = readFileSync(path, 'utf8');
  assert.ok(text.includes(from), `${path} has no ${JSON.stringify(from)}`);
  writeFileSync(path, text.replace(from, to));
}
