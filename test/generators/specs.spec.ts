import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MANIFEST } from '../../generators/manifest.js';
import { parseFlags } from '../../generators/options.js';
import { PackageTree } from '../../generators/package-tree.js';
import { planAddition } from '../../generators/plan/addition.js';
import { planFeature } from '../../generators/plan/feature.js';
import type { Plan } from '../../generators/plan/plan.js';
import { skeletonNames } from '../../generators/skeleton/names.js';
import { importsOf } from '../../generators/transforms/imports.js';
import { HOST, writeFiles } from './host.js';

const tree = new PackageTree(process.cwd());
/** Packages that nothing but specs imports. */
const FOR_SPECS = ['jest', '@swc/jest', '@types/jest', 'supertest', '@types/supertest', '@nestjs/testing'];

describe('add --specs', () => {
  let project: string;

  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'specs-spec-'));
    write(HOST);
  });
  afterEach(() => rmSync(project, { recursive: true, force: true }));

  const write = (files: Readonly<Record<string, string>>): void => writeFiles(project, files);
  const plan = (...flags: string[]): Plan => planAddition(tree, project, parseFlags(['add', ...flags]), {});
  const add = (...flags: string[]): Plan => {
    const planned = plan(...flags);
    write(Object.fromEntries(planned.files.map(({ path, after }) => [path, after])));
    return planned;
  };
  const testsOf = ({ files }: Plan): string[] =>
    files.map(({ path }) => path).filter((path) => path.startsWith('test/'));
  const specsOf = (planned: Plan): string[] => testsOf(planned).filter((path) => path.endsWith('spec.ts'));
  const packageJson = (): Record<string, Record<string, string>> =>
    JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as never;
  const remembered = (): unknown =>
    (JSON.parse(readFileSync(join(project, MANIFEST), 'utf8')) as { options: { specs?: unknown } }).options
      .specs;

  it('are text for an old `lib`, too: a project may check the types of its folder test', () => {
    const newer = plan('--specs', 'all', '--features', 'all').files.filter(
      ({ path, after }) => path.endsWith('.ts') && after.includes('.replaceAll('),
    );
    expect(newer.map(({ path }) => path)).toEqual([]);
  });

  it('puts specs, support and runner into one folder', () => {
    for (const runner of ['jest', 'vitest']) {
      const { files } = plan('--specs', 'all', '--features', 'all', '--test-runner', runner);
      const outside = files
        .map(({ path }) => path)
        .filter((path) => !/^(src|docs|test\/authentication)\//.test(path));
      expect(outside.sort()).toEqual(['.authentication-zero.json', '.env.example', 'package.json']);
    }
  });

  it('contract, the default, brings the specs of the contract and only what they import', () => {
    const planned = add('--features', 'two-factor');
    expect(specsOf(planned)).toContain('test/authentication/contract/two-factor.authentication-spec.ts');
    expect(specsOf(planned).filter((path) => !path.startsWith('test/authentication/contract/'))).toEqual([]);
    const paths = new Set(testsOf(planned));
    const imported = planned.files
      .filter(({ path }) => /^test\/.*\.m?[jt]s$/.test(path))
      .flatMap(({ path, after }) =>
        importsOf(after)
          .filter(({ specifier }) => specifier.startsWith('.'))
          .map(({ specifier }) => new URL(specifier, `file:///${path}`).pathname.slice(1)),
      )
      .filter((path) => path.startsWith('test/'))
      .map((path) => path.replace(/\.js$/, '.ts'));
    expect(imported.filter((path) => !paths.has(path))).toEqual([]);
    const unused = [...paths].filter(
      (path) => path.endsWith('.ts') && !path.endsWith('spec.ts') && !imported.includes(path),
    );
    expect(unused).toEqual([]);
    expect(packageJson()['scripts']).toMatchObject({
      'test:authentication': 'jest --config test/authentication/jest.config.mjs',
      'verify:auth': 'jest --config test/authentication/jest.config.mjs test/authentication/contract',
    });
    expect(remembered()).toBe('contract');
  });

  it('none brings no spec, no support, no script, no runner and none of their packages', () => {
    const planned = add('--specs', 'none', '--features', 'all');
    expect(testsOf(planned)).toEqual([]);
    const { devDependencies = {}, scripts = {} } = packageJson();
    expect(FOR_SPECS.filter((name) => name in devDependencies)).toEqual([]);
    expect(Object.keys(scripts).filter((name) => /test|verify/.test(name))).toEqual([]);
    expect(planned.facts.find(({ fact }) => fact === 'specs')).toMatchObject({ flag: '--specs' });
    expect(remembered()).toBe('none');
  });

  it('is remembered, and more can be added later', () => {
    add('--specs', 'none');
    expect(testsOf(add('--features', 'sudo'))).toEqual([]);
    expect(specsOf(add('--specs', 'contract'))).not.toEqual([]);
    expect(specsOf(add('--specs', 'all'))).toContain(
      'test/authentication/features/sudo/sudo.authentication-spec.ts',
    );
    expect(plan().files).toEqual([]);
  });

  it('refuses less than the project has, and deletes nothing', () => {
    add('--specs', 'all');
    for (const less of ['contract', 'none']) expect(() => plan('--specs', less)).toThrow(/--specs all/);
  });

  it('takes the project of a release that knew no such flag as one with all', () => {
    add('--specs', 'all');
    const manifest = JSON.parse(readFileSync(join(project, MANIFEST), 'utf8')) as {
      options: { specs?: string };
    };
    delete manifest.options.specs;
    write({ [MANIFEST]: JSON.stringify(manifest) });
    expect(plan().choices.specs).toBe('all');
  });

  it('feature new writes a spec with contract, and none with none', async () => {
    add('--specs', 'none');
    const names = skeletonNames('notes');
    const without = await planFeature(tree, project, names);
    expect(specsOf(without)).toEqual([]);
    expect(without.notes.join()).toContain('--specs none');
    expect(without.files.find(({ path }) => path.endsWith('README.md'))?.after).not.toMatch(/specs?\b/i);
    add('--specs', 'contract');
    expect(specsOf(await planFeature(tree, project, names))).toEqual([
      'test/authentication/features/notes/notes.authentication-spec.ts',
    ]);
  });

  it('refuses an unknown word', () => {
    expect(() => parseFlags(['add', '--specs', 'some'])).toThrow(/--specs takes all or contract or none/);
  });
});
