// New projects with the package managers and the versions of Node that people have: the steps of the generated workflow
// run as they stand, then those of the generated Dockerfile, as far as this needs no Docker; the image's last stage
// starts as process of its own, is healthy, and ends at SIGTERM.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { inLanes } from './kit/check.mjs';
import { freePort, must, startServer } from './kit/processes.mjs';

/** Packages of npm, so that nothing else must be installed. `npm`: the one that runs this. */
const RUNS = [
  { name: 'pnpm-node24', manager: 'pnpm', nest: 12, tools: ['pnpm@12', 'node@24'], features: 'all' },
  {
    name: 'yarn4-node22',
    manager: 'yarn',
    nest: 11,
    tools: ['@yarnpkg/cli-dist@4', 'node@22'],
    features: 'none',
  },
  { name: 'yarn1-node20', manager: 'yarn', nest: 12, tools: ['yarn@1', 'node@20'], features: 'none' },
  { name: 'npm', manager: 'npm', nest: 11, tools: [], features: 'none' },
];
/** What an image has: `npm start` and the workflow's own services do not come from these files. */
const SETUP = /^corepack enable && /;

export default async function deploy(check, workshop) {
  const folder = workshop.emptyFolder('deploy');
  await inLanes(RUNS.map((shape) => () => oneRun(check, workshop, folder, shape)));
}

async function oneRun(check, workshop, folder, shape) {
  const { name, manager, nest, tools, features } = shape;
  const cwd = join(folder, name);
  let env = {};
  const isThere = await check.case(`${name}: new`, async () => {
    env = { PATH: await pathOf(join(folder, `${name}-tools`), tools) };
    const flags = ['--features', features, '--specs', 'contract', '--package-manager', manager];
    await must('node', [workshop.bin, 'new', name, '--nest', String(nest), ...flags, '--yes'], {
      cwd: folder,
      env,
      minutes: 8,
    });
  });
  if (!isThere) return;
  for (const step of stepsOf(readFileSync(join(cwd, '.github/workflows/ci.yml'), 'utf8'))) {
    // The same specs once more: in one project only, to save time.
    if (step.needsDatabase && shape !== RUNS[0]) continue;
    const database = step.needsDatabase ? await workshop.database() : undefined;
    if (database === null) continue;
    const more = database === undefined ? {} : { DATABASE_URL: database };
    const run = () => shell(step.run, { cwd, env: { ...env, ...more }, minutes: 10 });
    const isTest = / test$/.test(step.run);
    await check.case(`${name}: workflow: ${step.run}${database === undefined ? '' : ', on Postgres'}`, () =>
      isTest ? workshop.alone(run) : run(),
    );
  }
  await check.case(`${name}: Dockerfile`, () => image(workshop, cwd, `${cwd}-image`, env, name));
}

/** The tools before everything else. */
async function pathOf(home, tools) {
  if (tools.length === 0) return process.env.PATH;
  mkdirSync(home);
  await must('npm', ['init', '-y'], { cwd: home });
  await must('npm', ['install', ...tools], { cwd: home });
  return `${join(home, 'node_modules/.bin')}:${process.env.PATH}`;
}

/** The `run` steps of the generated workflow, which writes each on one line. */
function stepsOf(workflow) {
  const [, steps] = workflow.split(/^ {4}steps:$/m);
  return steps
    .split(/^ {6}- /m)
    .filter((step) => step.startsWith('run: '))
    .map((step) => ({
      run: step.slice('run: '.length).split('\n', 1)[0],
      needsDatabase: step.includes('DATABASE_URL:'),
    }));
}

function shell(command, options) {
  return must('sh', ['-c', command.replace(SETUP, '')], options);
}

/** Follows the Dockerfile line by line. A line of another kind fails, so that none is left out without a word. */
async function image(workshop, project, build, env, name) {
  const final = `${build}-final`;
  const [first, last] = readFileSync(join(project, 'Dockerfile'), 'utf8')
    .replaceAll('\\\n', '')
    .split(/^FROM .*$/m)
    .slice(1);
  mkdirSync(build);
  for (const [word, rest] of linesOf(first)) {
    if (word === 'RUN') await shell(rest, { cwd: build, env, minutes: 8 });
    else if (word === 'COPY') copyInto(project, build, rest);
    else assert.equal(word, 'WORKDIR', `${word} ${rest}`);
  }
  mkdirSync(final);
  const variables = {};
  let command, health;
  for (const [word, rest] of linesOf(last)) {
    if (word === 'COPY') copyFrom(build, final, rest);
    else if (word === 'ENV')
      Object.assign(variables, Object.fromEntries(rest.split(' ').map((each) => each.split('='))));
    else if (word === 'CMD') command = JSON.parse(rest);
    else if (word === 'HEALTHCHECK') health = JSON.parse(/CMD (\[.*\])$/.exec(rest)[1]);
    else assert.ok(['WORKDIR', 'USER', 'EXPOSE'].includes(word), `${word} ${rest}`);
  }
  assert.ok(!existsSync(join(final, 'node_modules/jest')), 'the image has development dependencies');
  process.stdout.write(`  ${name}: the image adds ${Math.round(weightOf(final) / 1e6)} MB to that of Node\n`);
  await starts(workshop, final, { ...env, ...variables }, command, health);
}

async function starts(workshop, cwd, variables, command, health) {
  const database = await workshop.database();
  if (database === null) return;
  const settings = {
    PORT: String(await freePort()),
    HOST: '127.0.0.1',
    DATABASE_URL: database,
    APP_URL: 'https://example.com',
    SMTP_URL: 'smtp://127.0.0.1:9',
    MAIL_FROM: 'no-reply@example.com',
    SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  };
  const env = { ...variables, ...settings };
  const [program, ...args] = command;
  const server = await startServer(program, args, {
    cwd,
    env,
    ready: (output) => output.includes('Listening'),
  });
  try {
    await must(health[0], health.slice(1), { cwd, env });
  } catch (error) {
    throw new Error(`${error.message}\n${server.output()}`, { cause: error });
  } finally {
    assert.deepEqual(await server.stop(), { code: 0, signal: null }, server.output());
  }
}

function linesOf(stage) {
  return stage
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => [line.split(' ', 1)[0], line.slice(line.indexOf(' ') + 1).trim()]);
}

/** `COPY NAME… ./` and `COPY . .`, the latter without what .dockerignore names. */
function copyInto(project, build, rest) {
  const names = rest.split(' ').slice(0, -1);
  if (names[0] === '.') {
    const ignored = readFileSync(join(project, '.dockerignore'), 'utf8').split('\n');
    for (const name of readdirSync(project).filter((each) => !ignored.includes(each)))
      cpSync(join(project, name), join(build, name), { recursive: true });
    return;
  }
  for (const pattern of names) {
    // The lock file may be missing: `package-lock.jso[n]` matches it only if it is there.
    const name = pattern.replace(/\[(.)\]/, '$1');
    if (existsSync(join(project, name))) cpSync(join(project, name), join(build, basename(name)));
    else assert.ok(pattern.includes('['), `COPY ${pattern}: there is no such file`);
  }
}

function copyFrom(build, final, rest) {
  const [, from, to] = /^--from=build \/app\/(\S+) \.\/(\S*)$/.exec(rest) ?? assert.fail(`COPY ${rest}`);
  // Links of pnpm are relative, so they hold in the copy.
  cpSync(join(build, from), join(final, to === '' ? from : to), { recursive: true, verbatimSymlinks: true });
}

/** In bytes. */
function weightOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, entry) => total + statSync(join(entry.parentPath, entry.name)).size, 0);
}
