// `add` in projects with a linter and a formatter: lint, format check, types and build answer as before, `--fix` and
// `--write` change no file, and a second `add` changes nothing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inLanes } from './kit/check.mjs';
import { commit } from './kit/nest-new.mjs';
import { must, run, tail } from './kit/processes.mjs';
import { filesIn, writeTree } from './kit/tree.mjs';

const FIXTURES = fileURLToPath(new URL('fixtures/lint', import.meta.url));
const PRETTIER = { 'format:check': 'prettier --check .', 'format:fix': 'prettier --write .' };
const ESLINT = { lint: 'eslint src test --max-warnings 0', fix: 'eslint src test --fix' };
const BIOME = { lint: 'biome ci .', fix: 'biome check --write .' };
const BUILD = { build: 'nest build -p tsconfig.build.json' };
const TYPES = { types: 'tsc --noEmit -p tsconfig.json' };

const MODULE = 'src/authentication/authentication.module.ts';

const KINDS = [
  {
    name: 'flat',
    scripts: { ...ESLINT, ...PRETTIER, ...BUILD },
    tools: ['prettier', 'eslint'],
    finds: ['eslint', MODULE],
  },
  {
    name: 'define-config',
    scripts: { ...ESLINT, ...PRETTIER, ...TYPES },
    tools: ['prettier', 'eslint'],
    finds: ['eslint', MODULE],
  },
  {
    name: 'rc',
    scripts: {
      lint: 'eslint . --ext .ts --max-warnings 0',
      fix: 'eslint . --ext .ts --fix',
      ...PRETTIER,
      ...TYPES,
    },
    tools: ['prettier', 'eslint'],
    replaced: { eslint: 'eslint-8' },
    packageJson: { prettier: { singleQuote: true, trailingComma: 'es5', bracketSpacing: false } },
    finds: ['eslint', MODULE],
  },
  {
    name: 'oxlint',
    scripts: {
      lint: 'oxlint --type-aware --deny-warnings src test',
      fix: 'oxlint --type-aware --fix src test',
      ...PRETTIER,
    },
    tools: ['prettier', 'oxlint'],
    packageJson: { type: 'module' },
    finds: ['oxlint', '--deny-warnings', 'src'],
  },
  { name: 'biome-2', scripts: BIOME, tools: ['@biomejs/biome'], finds: ['biome', 'ci', 'src'] },
  {
    name: 'biome-1',
    scripts: BIOME,
    tools: ['@biomejs/biome'],
    replaced: { '@biomejs/biome': 'biome-1' },
    finds: ['biome', 'ci', 'src'],
  },
];
/** Installed once. All else comes from the packages of this repository. */
const LINTERS = {
  '@biomejs/biome': '^2.0.0',
  'biome-1': 'npm:@biomejs/biome@^1.9.0',
  '@eslint/js': '^9.0.0',
  eslint: '^9.0.0',
  'eslint-8': 'npm:eslint@^8.57.0',
  'eslint-config-prettier': '^10.0.0',
  'eslint-plugin-prettier': '^5.0.0',
  'eslint-plugin-simple-import-sort': '^12.0.0',
  globals: '^16.0.0',
  oxlint: '^1.0.0',
  'oxlint-tsgolint': '*',
  prettier: '~3.4.0',
  typescript: '~6.0.0',
  'typescript-eslint': '^8.0.0',
};

const COMMANDS = [
  '@biomejs/biome',
  '@nestjs/cli',
  'eslint',
  'oxlint',
  'oxlint-tsgolint',
  'prettier',
  'typescript',
];

export default async function lint(check, workshop) {
  const folder = workshop.emptyFolder('lint');
  const isReady = await check.case('the linters, installed', async () => {
    const dependencies = LINTERS;
    writeTree(folder, { 'package.json': JSON.stringify({ private: true, dependencies }) });
    await must('npm', ['install', '--legacy-peer-deps'], { cwd: folder });
  });
  if (isReady) await inLanes(KINDS.map((kind) => () => oneKind(check, workshop, folder, kind)));
}

async function oneKind(check, workshop, folder, kind) {
  const { name, scripts, finds } = kind;
  const cwd = join(folder, name);
  const say = (what, work) => check.case(`${name}: ${what}`, work);
  const checks = Object.keys(scripts).filter((script) => !script.endsWith('fix'));
  const fixes = Object.keys(scripts).filter((script) => script.endsWith('fix'));
  const script = (each) => must('npm', ['run', '--silent', each], { cwd });

  const isReady = await say('the project as it was', async () => {
    host(workshop, folder, cwd, kind);
    // The fixtures are written in one style. Each project begins in its own.
    for (const each of [...fixes].reverse()) await script(each);
    commit(cwd);
    for (const each of checks) await script(each);
  });
  if (!isReady) return;
  const isAdded = await say('add', () => workshop.mustTool(['add', '--yes', '--skip-install'], { cwd }));
  if (!isAdded) return;
  git(cwd, 'add', '-A');
  git(cwd, '-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', 'add');
  for (const each of checks) await say(`${each} answers as before`, () => script(each));
  await say('what corrects files changes none', async () => {
    for (const each of fixes) await script(each);
    assert.equal(git(cwd, 'status', '--porcelain'), '');
  });
  await say('add again changes nothing', async () => {
    const { stdout } = await workshop.mustTool(['add', '--yes', '--skip-install', '--force'], { cwd });
    assert.match(stdout, /Nothing to do/);
  });
  await say('without the entry, the linter finds our files', async () => {
    withoutEntries(cwd);
    const [command, ...args] = finds;
    const result = await run(join(cwd, 'node_modules/.bin', command), args, { cwd });
    assert.notEqual(result.code, 0, tail(result));
  });
}

function host(workshop, folder, cwd, { name, scripts, tools, replaced = {}, packageJson = {} }) {
  const files = ['host', name].flatMap((part) =>
    filesIn(join(FIXTURES, part)).map((path) => [
      path.replace(/\.txt$/, ''),
      readFileSync(join(FIXTURES, part, path), 'utf8'),
    ]),
  );
  const isModule = packageJson.type === 'module';
  const suffixed = (text) => text.replace(/(from '\.[^']*)'/g, "$1.js'");
  writeTree(
    cwd,
    Object.fromEntries(
      files.map(([path, text]) => [path, isModule && path.endsWith('.ts') ? suffixed(text) : text]),
    ),
  );
  const ranges = Object.fromEntries(tools.map((tool) => [tool, LINTERS[replaced[tool] ?? tool]]));
  const json = {
    name,
    version: '1.0.0',
    private: true,
    scripts: { ...scripts, test: 'jest' },
    dependencies: ofRepository(workshop, ['@nestjs/common', '@nestjs/core', '@nestjs/platform-express']),
    devDependencies: { ...ofRepository(workshop, ['@types/node', 'jest', 'typescript']), ...ranges },
    ...packageJson,
  };
  writeFileSync(join(cwd, 'package.json'), `${JSON.stringify(json, null, 2)}\n`);
  linkPackages(join(cwd, 'node_modules'), [
    join(folder, 'node_modules'),
    join(workshop.repository, 'node_modules'),
    ...Object.keys(LINTERS).map((as) => ({ as, from: join(folder, 'node_modules', as) })),
    ...Object.entries(replaced).map(([as, package_]) => ({
      as,
      from: join(folder, 'node_modules', package_),
    })),
  ]);
}

function ofRepository({ repository }, names) {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(repository, 'package.json'), 'utf8'),
  );
  const all = { '@types/node': '*', ...devDependencies, ...dependencies };
  return Object.fromEntries(names.map((name) => [name, all[name]]));
}

/** Links packages of several folders; of two with the same name, the later one. */
function linkPackages(home, sources) {
  const links = new Map();
  for (const source of sources) {
    if (typeof source !== 'string') links.set(source.as, source.from);
    else for (const name of packagesIn(source)) links.set(name, join(source, name));
  }
  for (const [name, from] of links) {
    mkdirSync(join(home, name, '..'), { recursive: true });
    symlinkSync(from, join(home, name));
  }
  mkdirSync(join(home, '.bin'));
  for (const name of COMMANDS) {
    const { bin } = JSON.parse(readFileSync(join(home, name, 'package.json'), 'utf8'));
    const named = typeof bin === 'string' ? { [name.split('/').at(-1)]: bin } : bin;
    for (const [command, path] of Object.entries(named)) {
      // npm did not, for a package under another name.
      chmodSync(join(home, name, path), 0o755);
      symlinkSync(join(home, name, path), join(home, '.bin', command));
    }
  }
}

function packagesIn(folder) {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(folder, name)).map((each) => `${name}/${each}`) : [name],
    );
}

/** Takes out what `add` wrote for the linters. */
function withoutEntries(cwd) {
  const settings = ['.eslintrc.json', '.oxlintrc.json', 'biome.json'];
  const ours = filesIn(join(cwd, 'src/authentication')).filter((path) => settings.includes(path));
  for (const path of ours) rmSync(join(cwd, 'src/authentication', path));
  const changed = git(cwd, 'diff', '--name-only', 'HEAD~1', 'HEAD').split('\n');
  const configs = changed.filter((path) => /^(?:eslint\.config\.|biome\.)/.test(path));
  if (configs.length > 0) git(cwd, 'checkout', '-q', 'HEAD~1', '--', ...configs);
}

function git(cwd, ...args) {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout;
}
