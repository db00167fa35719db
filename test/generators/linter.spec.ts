import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseFlags } from '../../generators/options.js';
import { PackageTree } from '../../generators/package-tree.js';
import { planAddition } from '../../generators/plan/addition.js';
import type { Plan } from '../../generators/plan/plan.js';

const tree = new PackageTree(process.cwd());
const FLAT = 'export default [\n  a,\n];\n';
const packageJson = (changes: object = {}): string =>
  JSON.stringify({
    name: 'host',
    type: 'module',
    dependencies: { '@nestjs/core': '^12.0.0', '@nestjs/platform-express': '^12.0.0' },
    ...changes,
  });

describe('add, in a project with a linter', () => {
  let folder: string;
  let project: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'linter-spec-'));
    project = join(folder, 'packages/api');
    write({
      'package.json': packageJson(),
      'src/app.module.ts':
        "import { Module } from '@nestjs/common';\n\n@Module({ imports: [] })\nexport class AppModule {}\n",
    });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(project, dirname(path)), { recursive: true });
      writeFileSync(join(project, path), text);
    }
  };
  const add = (...flags: string[]): Plan =>
    planAddition(tree, project, parseFlags(['add', '--features', 'none', ...flags]), {});
  const take = ({ files }: Plan): void =>
    write(Object.fromEntries(files.map(({ path, after }) => [path, after])));
  const textOf = ({ files }: Plan, path: string): string | undefined =>
    files.find((file) => file.path === path)?.after;
  const rowOf = ({ facts }: Plan, wanted: string): string[] =>
    facts.filter(({ fact }) => fact === wanted).flatMap(({ found, then }) => [found, then]);

  it('writes an entry into eslint.config, lists it in the manifest, and does so once', () => {
    write({ 'eslint.config.mjs': FLAT });
    const plan = add();
    expect(textOf(plan, 'eslint.config.mjs')).toContain("{ ignores: ['src/authentication/**', 'test/");
    expect(rowOf(plan, 'linter')).toEqual(['ESLint', 'eslint.config.mjs ignores our folders']);
    const manifest = JSON.parse(textOf(plan, '.authentication-zero.json') ?? '') as Record<string, unknown>;
    expect(manifest['edits']).toHaveProperty(
      ['eslint.config.mjs'],
      expect.arrayContaining(['src/authentication/**']),
    );
    take(plan);
    expect(add().files).toEqual([]);
  });

  it('leaves an entry alone that the owner removed, and a project that ignores our folders already', () => {
    write({ 'eslint.config.mjs': FLAT });
    take(add());
    write({ 'eslint.config.mjs': FLAT });
    expect(add().files).toEqual([]);
    write({ 'eslint.config.mjs': "export default [{ ignores: ['**/authentication/**', 'test/'] }];\n" });
    rmSync(join(project, '.authentication-zero.json'));
    expect(add('--force').files.map(({ path }) => path)).not.toContain('eslint.config.mjs');
  });

  it('follows --path, and the place of the configuration', () => {
    write({ 'src/eslint.config.js': FLAT, 'eslint.config.mjs': FLAT });
    const plan = add('--path', 'src/modules/login');
    expect(textOf(plan, 'src/eslint.config.js')).toContain("'modules/login/**', '../test/");
    expect(textOf(plan, 'eslint.config.mjs')).toContain("'src/modules/login/**', 'test/");
  });

  it('shows the line for a configuration above the project, which it never edits', () => {
    mkdirSync(join(folder, '.git'));
    writeFileSync(join(folder, '.git/HEAD'), 'ref: refs/heads/main\n');
    writeFileSync(join(folder, 'eslint.config.mjs'), FLAT);
    const { paste, files } = add();
    expect(files.filter(({ path }) => path.startsWith('..'))).toEqual([]);
    expect(paste).toMatchObject([
      { path: '../../eslint.config.mjs', lines: [expect.stringContaining("'packages/api/src/auth")] },
    ]);
  });

  it('shows the line for a configuration that it does not understand', () => {
    write({ 'eslint.config.mjs': 'export default antfu({});\n' });
    const plan = add();
    expect(plan.paste.map(({ path }) => path)).toEqual(['eslint.config.mjs']);
    expect(rowOf(plan, 'linter')).toEqual(['ESLint', 'lines to paste']);
  });

  it.each([
    ['.eslintrc.js', 'module.exports = {};\n', '.eslintrc.json', 'ESLint'],
    ['.eslintrc', '{}\n', '.eslintrc.json', 'ESLint'],
    ['package.json', packageJson({ eslintConfig: {} }), '.eslintrc.json', 'ESLint'],
    ['.oxlintrc.json', '{}\n', '.oxlintrc.json', 'oxlint'],
    ['oxlint.config.ts', 'export default {};\n', '.oxlintrc.json', 'oxlint'],
    ['package.json', packageJson({ devDependencies: { oxlint: '^1.0.0' } }), '.oxlintrc.json', 'oxlint'],
    ['biome.json', '{}\n', 'biome.json', 'Biome'],
    ['biome.jsonc', '{} // why\n', 'biome.json', 'Biome'],
  ])('with %s, our folders get settings of their own', (path, text, settings, name) => {
    write({ [path]: text });
    const plan = add();
    for (const each of ['src/authentication', 'test/authentication'])
      expect(textOf(plan, `${each}/${settings}`)).toBeDefined();
    // package.json gets packages and scripts.
    if (path !== 'package.json') expect(textOf(plan, path)).toBeUndefined();
    expect(rowOf(plan, 'linter')).toEqual([name, 'our folders have their own settings']);
    take(plan);
    expect(add().files).toEqual([]);
  });

  it('writes an entry into the configuration of Biome 1, which has one only', () => {
    write({ 'biome.json': '{ "$schema": "https://biomejs.dev/schemas/1.9.4/schema.json" }\n' });
    const { files } = JSON.parse(textOf(add(), 'biome.json') ?? '{}') as { files?: { ignore: string[] } };
    expect(files?.ignore).toContain('src/authentication/**');
  });

  it.each(['.prettierrc', '.prettierrc.yaml', 'prettier.config.mjs'])(
    'with %s, Prettier leaves our files as they are',
    (path) => {
      write({ [path]: '' });
      const plan = add();
      for (const each of ['src/authentication', 'test/authentication', 'docs/authentication'])
        expect(textOf(plan, `${each}/.prettierrc.json`)).toContain('"requirePragma": true');
      expect(textOf(plan, '.prettierignore')).toBeUndefined();
    },
  );

  it('writes .prettierignore, or shows the line, if a script names the configuration', () => {
    const scripts = { format: 'prettier --config x.json --check .', lint: 'oxlint -c x.json src' };
    const devDependencies = { prettier: '^3.0.0', oxlint: '^1.0.0' };
    write({ 'package.json': packageJson({ scripts, devDependencies }), '.prettierignore': 'dist' });
    const plan = add();
    expect(textOf(plan, '.prettierignore')).toMatch(/^dist\nsrc\/authentication\/\*\*\n/);
    expect(plan.paste).toMatchObject([{ lines: [expect.stringContaining('"ignorePatterns": ["src/')] }]);
  });

  it.each([
    ['{ "types": ["node"] }', '^5.0.0', true],
    ['{ "types": ["node", "jest"] }', '^5.0.0', false],
    ['{}', '^5.0.0', false],
    ['{}', '^6.0.0', true],
  ])(
    'names the types of Jest if the compiler, with %s and TypeScript %s, does not take them',
    (options, typescript, isNamed) => {
      write({
        'package.json': packageJson({ devDependencies: { typescript, jest: '^30.0.0' } }),
        'tsconfig.json': `{ "compilerOptions": ${options} }`,
      });
      expect(textOf(add(), 'test/authentication/jest.d.ts') !== undefined).toBe(isNamed);
    },
  );
});
