// Every feature alone, all but each one, none, and all: each set compiles, lints, migrates, and passes its specs. The sets
// of all but one feature have only the specs of the contract: the others compile in the set of their feature.
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { inLanes } from './kit/check.mjs';
import { must } from './kit/processes.mjs';
import { filesIn, writeTree } from './kit/tree.mjs';

const MIGRATIONS = fileURLToPath(new URL('kit/migrations.mjs', import.meta.url));
/** Files that npm, a build and a start create. */
const NOT_OURS = ['node_modules', 'dist', '.data', '.git', 'package-lock.json'];
const SETS_A_LINT = 6;
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
  // The only install: every other set needs a part of its packages.
  const isInstalled = await check.case('all: scaffolded and installed', async () => {
    symlinkSync(await workshop.fullProject(), all);
  });
  if (!isInstalled) return;

  const sets = setsOf(FEATURES);
  const scaffold = ({ name, features, specs = 'all' }) =>
    check.case(`${name}: scaffolded`, async () => {
      const list = features.length === 0 ? 'none' : features.join(',');
      const flags = ['--features', list, '--specs', specs, '--yes', '--skip-install'];
      await workshop.mustTool(['new', name, ...flags], { cwd: folder });
      symlinkSync(join(all, 'node_modules'), join(folder, name, 'node_modules'));
    });
  await inLanes(sets.filter((set) => set.name !== 'all').map((set) => () => scaffold(set)));

  const present = sets.filter(({ name }) => existsSync(join(folder, name)));
  await inLanes(staticChecks(check, workshop, folder, present));
  for (const { name, features, specs = 'all' } of present) {
    const own =
      name === 'all' || name === 'none'
        ? []
        : FEATURES.filter((feature) => features.includes(feature.name)).flatMap((feature) => feature.specs);
    // The specs of all but one feature run in the other sets.
    if (specs !== 'all' || (name === 'all' && workshop.full.isTested)) continue;
    await check.case(`${name}: ${own.length === 0 ? 'all specs' : own.join(' ')}`, async () => {
      // The host shell is the same in each set; the check new-matrix runs its specs.
      const paths = own.length === 0 ? ['test/authentication'] : own.map((spec) => `test/${spec}`);
      const cwd = join(folder, name);
      await node(cwd, 'jest', paths, { cwd, env: databaseOf(workshop.server), minutes: 10 });
    });
  }
}

/** The tools but ESLint check all sets in one run, so that shared files are read once. Its output names the file with its set. */
function staticChecks(check, workshop, folder, sets) {
  const count = `${sets.length} sets`;
  const differ = sets
    .filter(({ name }) => name !== 'all')
    .flatMap(({ name }) => differing(folder, name).map((file) => join(name, file)));
  const run = (script, args) => node(join(folder, 'all'), script, args, { cwd: folder, minutes: 10 });
  const whole = () =>
    check.case('all: lint, format', async () => {
      await must('npm', ['run', 'lint'], { cwd: join(folder, 'all') });
      await must('npm', ['run', 'format:check'], { cwd: join(folder, 'all') });
    });
  const migrations = ({ name }) =>
    check.case(`${name}: migrations up, down and up`, async () => {
      const cwd = join(folder, name);
      await node(cwd, 'tsc', ['-p', 'tsconfig.build.json'], { cwd });
      const url = (await workshop.database()) ?? 'pglite:memory';
      await must(process.execPath, [MIGRATIONS, cwd, url]);
    });
  return [
    () =>
      check.case(`${count}: type check`, async () => {
        writeTree(folder, { 'tsconfig.json': ofAll(sets) });
        symlinkSync(join(folder, 'all', 'node_modules'), join(folder, 'node_modules'));
        await run('tsc', ['--noEmit']);
      }),
    () => lint(check, folder, sets),
    () =>
      check.case(`${count}: format`, () => {
        copyFileSync(join(folder, 'all', '.prettierignore'), join(folder, '.prettierignore'));
        return run('prettier', ['--check', '--ignore-unknown', ...differ]);
      }),
    // If its specs ran, the check new-matrix linted it, too.
    ...(workshop.full.isTested ? [] : [whole]),
    ...sets.filter(({ name }) => name === 'all' || name === 'none').map((set) => () => migrations(set)),
  ];
}

/** Six sets a run: ESLint keeps the program of each set's tsconfig in memory, and 20 of them need more than 4 GB. */
async function lint(check, folder, sets) {
  for (let first = 0; first < sets.length; first += SETS_A_LINT) {
    const some = sets.slice(first, first + SETS_A_LINT).map(({ name }) => name);
    const files = some
      .filter((name) => name !== 'all')
      .flatMap((name) => differing(folder, name).map((file) => join(name, file)))
      .filter((file) => file.endsWith('.ts'));
    await check.case(`${some.length} sets from ${some[0]} on: lint`, () =>
      node(
        join(folder, 'all'),
        'eslint',
        ['--config', 'all/eslint.config.mjs', '--max-warnings', '0', ...files],
        {
          cwd: folder,
          minutes: 10,
        },
      ),
    );
  }
}

/** One tsconfig for all sets. They do not affect each other: a `declare module` names its module by a relative path. */
function ofAll(sets) {
  const include = sets.flatMap(({ name }) => [`${name}/src`, `${name}/test`]);
  return JSON.stringify({ extends: './all/tsconfig.json', compilerOptions: { rootDir: '/' }, include });
}

/** Files of a set that differ from those of `all`, where the others are checked. The type check reads all files. */
function differing(folder, name) {
  const path = (set, file) => join(folder, set, file);
  const tops = readdirSync(join(folder, name)).filter((file) => !NOT_OURS.includes(file));
  const files = tops.flatMap((top) =>
    statSync(path(name, top)).isFile() ? [top] : filesIn(path(name, top)).map((file) => join(top, file)),
  );
  return files.filter(
    (file) =>
      !existsSync(path('all', file)) ||
      !readFileSync(path('all', file)).equals(readFileSync(path(name, file))),
  );
}

/** All; none, with specs and without; each with what it requires; all but each, and without what requires it. Equal sets are listed once. */
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
      specs: 'contract',
    })),
    { name: 'bare', features: [], specs: 'none' },
  ];
  const seen = new Set();
  return sets.filter((set) => {
    const key = `${set.features.join()} ${set.specs === 'none'}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function node(project, script, args, options) {
  return must(process.execPath, [join(project, 'node_modules', SCRIPTS[script]), ...args], options);
}

function databaseOf(server) {
  return server === null ? {} : { DATABASE_URL: server };
}
