// A new project as a user makes it, from the packed tarball, with a real install: its tests, its build, its start, a
// sign-up with the mailed link opened, and its end. Each value of each choice is in at least one run.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inLanes } from './kit/check.mjs';
import { signUpAndClick } from './kit/journey.mjs';
import { freePort, must, startServer } from './kit/processes.mjs';

/**
 * The first has the defaults of --yes; specs run there as they do in this repository. Specs differ only in their imports,
 * so all of them run only in the project that differs most from this repository. One has only those of the contract.
 */
const RUNS = [
  {
    module: 'esm',
    nest: 12,
    runner: 'jest',
    adapter: 'fastify',
    isDefault: true,
    only: ['host/start', 'host/health', 'sessions'],
  },
  {
    module: 'cjs',
    nest: 11,
    runner: 'jest',
    adapter: 'express',
    hasher: 'node-rs',
    only: ['test/authentication', 'host/start', 'host/health', 'host/openapi'],
  },
  {
    module: 'esm',
    nest: 12,
    runner: 'vitest',
    adapter: 'express',
    specs: 'contract',
  },
];

export default async function newMatrix(check, workshop) {
  const folder = workshop.emptyFolder('new-matrix');
  await inLanes(RUNS.map((shape) => () => oneRun(check, workshop, folder, shape)));
}

async function oneRun(check, workshop, folder, shape) {
  const {
    module,
    nest,
    runner,
    adapter,
    isDefault = false,
    only = [],
    specs = 'all',
    hasher = 'argon2',
  } = shape;
  const name = `${module}-${nest}-${runner}-${adapter}`;
  const flags = [
    '--module',
    module,
    '--nest',
    String(nest),
    '--test-runner',
    runner,
    '--adapter',
    adapter,
    '--hasher',
    hasher,
    '--specs',
    specs,
  ];
  let cwd = join(folder, name);
  const isThere = await check.case(`${name}: new`, async () => {
    if (isDefault) cwd = await workshop.fullProject();
    else
      await workshop.mustTool(['new', name, '--features', 'all', '--yes', ...flags], {
        cwd: folder,
        minutes: 8,
      });
  });
  if (!isThere) return;
  // The first without DATABASE_URL, as a new user has it; the others on the server, which is faster.
  const env = isDefault || workshop.server === null ? {} : { DATABASE_URL: workshop.server };
  const tests = specs === 'contract' ? ['run', 'verify:auth'] : ['test', '--', ...only];
  await check.case(`${name}: npm ${tests.join(' ')}`, () =>
    workshop.alone(() => must('npm', tests, { cwd, env, minutes: 15 })),
  );
  if (isDefault) workshop.full.isTested = true;
  await check.case(`${name}: type check, lint, format`, async () => {
    await must('npm', ['run', 'typecheck'], { cwd });
    await must('npm', ['run', 'format:check'], { cwd });
    await must('npm', ['run', 'lint'], { cwd });
  });
  await check.case(`${name}: nest generate, nest build`, () => nestsOwnCommands(cwd));
  const isBuilt = await check.case(`${name}: npm run build`, () => must('npm', ['run', 'build'], { cwd }));
  if (!isBuilt) return;
  await check.case(`${name}: npm start, a sign-up, a click`, async () => {
    const { base, server } = await started('npm', ['start'], cwd);
    try {
      await signUpAndClick(base);
    } catch (error) {
      throw new Error(`${error.message}\n${server.output()}`, { cause: error });
    } finally {
      await server.stop();
    }
  });
  await check.case(`${name}: SIGTERM`, async () => {
    const { server } = await started('node', ['scripts/start.mjs'], cwd);
    assert.deepEqual(await server.stop(), { code: 0, signal: null }, server.output());
  });
}

/** The files that Nest's commands write compile and lint with ours, with and without a suffix of imports. */
async function nestsOwnCommands(cwd) {
  const root = join(cwd, 'src/app.module.ts');
  const before = readFileSync(root, 'utf8');
  try {
    for (const kind of ['module', 'service', 'controller'])
      await must('npx', ['nest', 'generate', kind, 'projects'], { cwd });
    assert.match(readFileSync(root, 'utf8'), /imports: \[ProjectsModule\]/);
    await must('npx', ['eslint', 'src/app.module.ts', 'src/projects', '--max-warnings', '0'], { cwd });
    await must('npx', ['nest', 'build'], { cwd });
    assert.ok(existsSync(join(cwd, 'dist/projects/projects.controller.js')));
  } finally {
    writeFileSync(root, before);
    rmSync(join(cwd, 'src/projects'), { recursive: true, force: true });
  }
}

async function started(command, args, cwd) {
  const port = await freePort();
  const ready = (output) => output.includes('Listening');
  const server = await startServer(command, args, { cwd, env: { PORT: String(port) }, ready });
  return { base: `http://127.0.0.1:${port}`, server };
}
