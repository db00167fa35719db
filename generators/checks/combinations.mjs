// Every feature alone, all but each, none and all: each compiles, is clean, migrates, and passes its specs.
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { inLanes } from './kit/check.mjs';
import { must } from './kit/processes.mjs';
import { filesIn } from './kit/tree.mjs';

const MIGRATIONS = fileURLToPath(new URL('kit/migrations.mjs', import.meta.url));
/** What npm, a build and a start leave. */
const NOT_OURS = ['node_modules', 'dist', '.data', '.git', 'package-lock.json'];
const SCRIPTS = {
  tsc: 'typescript/bin/tsc',
  eslint: 'eslint/bin/eslint.js',
  prettier: 'prettier/bin/prettier.cjs',
  jest: 'jest/bin/jest.js',
};

export default async function combinations(check, workshop) {
  const { FEATURES } = await workshop.toolModule('features/index.js');
  const folder = workshop.emptyFolder('combinations');
  const all = join(folder, 'all');
  // The one install: every other set needs a part of it.
  const isInstalled = await check.case('all: scaffolded and installed', async () => {
    symlinkSync(await workshop.fullProject(), all);
  });
  if (!isInstalled) return;

  const sets = setsOf(FEATURES);
  for (const { name, features } of sets.filter((set) => set.name !== 'all')) {
    await check.case(`${name}: scaffolded`, async () => {
      const list = features.length === 0 ? 'none' : features.join(',');
      await workshop.mustTool(['new', name, '--features', list, '--yes', '--skip-install'], { cwd: folder });
      symlinkSync(join(all, 'node_modules'), join(folder, name, 'node_modules'));
    });
  }

  const present = sets.filter(({ name }) => existsSync(join(folder, name)));
  await inLanes(present.flatMap(({ name }) => staticChecks(check, workshop, folder, name)));
  for (const { name, features } of present) {
    const specs =
      name === 'all' || name === 'none'
        ? []
        : FEATURES.filter((feature) => features.includes(feature.name)).flatMap((feature) => feature.specs);
    // All but one is made of parts that are run alone or together elsewhere.
    if (name.startsWith('all-but-') || (name === 'all' && workshop.full.isTested)) continue;
    await check.case(`${name}: ${specs.length === 0 ? 'all specs' : specs.join(' ')}`, async () => {
      // The host shell is the same in each, and its specs run in new projects.
      const paths = specs.length === 0 ? ['test/authentication'] : specs.map((spec) => `test/${spec}`);
      await node('jest', paths, { cwd: join(folder, name), env: databaseOf(workshop.server), minutes: 10 });
    });
  }
}

/** All but one is made of parts that are read alone: what is left to see is that nothing wants the one. */
function staticChecks(check, workshop, folder, name) {
  const cwd = join(folder, name);
  const typeCheck = () => check.case(`${name}: type check`, () => node('tsc', ['--noEmit'], { cwd }));
  if (name.startsWith('all-but-')) return [typeCheck];
  const lint = () =>
    check.case(`${name}: lint`, async () => {
      const files = differing(folder, name).filter((file) => file.endsWith('.ts'));
      if (files.length > 0) await node('eslint', ['--max-warnings', '0', ...files], { cwd });
    });
  const format = () =>
    check.case(`${name}: format`, () =>
      node('prettier', ['--check', '--ignore-unknown', ...differing(folder, name)], { cwd }),
    );
  if (name !== 'all' && name !== 'none') return [typeCheck, lint, format];
  const migrations = () =>
    check.case(`${name}: migrations up, down and up`, async () => {
      await node('tsc', ['-p', 'tsconfig.build.json'], { cwd });
      const url = (await workshop.database()) ?? 'pglite:memory';
      await must(process.execPath, [MIGRATIONS, cwd, url]);
    });
  return [typeCheck, lint, format, migrations];
}

/** A file that is the same in the whole project was read there; a type that is gone is the type check's to find. */
function differing(folder, name) {
  const path = (set, file) => join(folder, set, file);
  const tops = readdirSync(join(folder, name)).filter((file) => !NOT_OURS.includes(file));
  const files = tops.flatMap((top) =>
    statSync(path(name, top)).isFile() ? [top] : filesIn(path(name, top)).map((file) => join(top, file)),
  );
  if (name === 'all') return files;
  return files.filter(
    (file) =>
      !existsSync(path('all', file)) ||
      !readFileSync(path('all', file)).equals(readFileSync(path(name, file))),
  );
}

/** None, all, each alone with what it requires, all but each without what requires it; equal sets once. */
function setsOf(features) {
  const names = features.map(({ name }) => name);
  const required = new Map(features.map(({ name, requires }) => [name, requires]));
  const withRequired = (name) => [name, ...required.get(name).flatMap(withRequired)];
  const needs = (name, other) => name === other || required.get(name).some((each) => needs(each, other));
  const sets = [
    { name: 'all', features: names },
    { name: 'none', features: [] },
    ...names.map((name) => ({ name, features: names.filter((each) => withRequired(name).includes(each)) })),
    ...names.map((name) => ({
      name: `all-but-${name}`,
      features: names.filter((each) => !needs(each, name)),
    })),
  ];
  const seen = new Set();
  return sets.filter((set) => {
    const key = set.features.join();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function node(script, args, options) {
  return must(process.execPath, [join('node_modules', SCRIPTS[script]), ...args], options);
}

function databaseOf(server) {
  return server === null ? {} : { DATABASE_URL: server };
}
