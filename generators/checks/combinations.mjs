// Every feature alone, all but each, none and all: each compiles, is clean, migrates, and passes its specs.
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { inLanes } from './kit/check.mjs';
import { must } from './kit/processes.mjs';
import { filesIn } from './kit/tree.mjs';

const MIGRATIONS = fileURLToPath(new URL('kit/migrations.mjs', import.meta.url));
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
    await check.case(`${name}: ${specs.length === 0 ? 'the whole suite' : specs.join(' ')}`, async () => {
      const paths = specs.map((spec) => `test/${spec}`);
      await node('jest', paths, { cwd: join(folder, name), env: databaseOf(workshop.server), minutes: 10 });
    });
  }
}

function staticChecks(check, workshop, folder, name) {
  const cwd = join(folder, name);
  return [
    () => check.case(`${name}: type check`, () => node('tsc', ['--noEmit'], { cwd })),
    () =>
      check.case(`${name}: lint`, () =>
        node('eslint', ['--max-warnings', '0', ...toLint(folder, name)], { cwd }),
      ),
    () => check.case(`${name}: format`, () => node('prettier', ['--check', '.'], { cwd })),
    () =>
      check.case(`${name}: migrations up, down and up`, async () => {
        await node('tsc', ['-p', 'tsconfig.build.json'], { cwd });
        const url = (await workshop.database()) ?? 'pglite:memory';
        await must(process.execPath, [MIGRATIONS, cwd, url]);
      }),
  ];
}

/** A file that is the same in the whole project was linted there; a type that is gone is the type check's to find. */
function toLint(folder, name) {
  if (name === 'all') return ['.'];
  const path = (set, file) => join(folder, set, file);
  const files = ['src', 'test'].flatMap((part) =>
    filesIn(join(folder, name, part)).map((file) => join(part, file)),
  );
  return files.filter(
    (file) =>
      file.endsWith('.ts') &&
      !(
        existsSync(path('all', file)) &&
        readFileSync(path('all', file)).equals(readFileSync(path(name, file)))
      ),
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
