import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { parseFlags } from '../../generators/options.js';
import { PackageTree } from '../../generators/package-tree.js';
import { planAddition } from '../../generators/plan/addition.js';
import type { Plan } from '../../generators/plan/plan.js';
import { importsOf } from '../../generators/transforms/imports.js';
import { HOST, writeFiles } from './host.js';

const tree = new PackageTree(process.cwd());

describe('add', () => {
  let project: string;

  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'addition-spec-'));
    write(HOST);
  });
  afterEach(() => rmSync(project, { recursive: true, force: true }));

  const write = (files: Readonly<Record<string, string>>): void => writeFiles(project, files);
  const plan = (features: string): Plan =>
    planAddition(tree, project, parseFlags(['add', '--features', features]), {});
  const featuresOf = ({ choices }: Plan): string[] => choices.features.map(({ name }) => name);

  it('writes the files that the root module then imports', () => {
    const { files } = plan('none');
    const root = files.find(({ path }) => path === 'src/app.module.ts');
    const written = new Set(files.map(({ path }) => path));
    const imported = importsOf(root?.after ?? '')
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ specifier }) => `${posix.join('src', specifier.slice(0, -'.js'.length))}.ts`);
    expect(imported).toHaveLength(2);
    expect(imported.filter((path) => !written.has(path))).toEqual([]);
  });

  it('keeps the features of an earlier run, except those that the owner deleted', () => {
    write(Object.fromEntries(plan('sudo,devices').files.map(({ path, after }) => [path, after])));
    expect(featuresOf(plan('profiles'))).toEqual(['sudo', 'devices', 'profiles']);
    rmSync(join(project, 'src/authentication/features/sudo'), { recursive: true });
    expect(featuresOf(plan('profiles'))).toEqual(['devices', 'profiles']);
  });

  it('remembers the hasher of an earlier run, and refuses another one', () => {
    const planWith = (...flags: string[]): Plan =>
      planAddition(tree, project, parseFlags(['add', ...flags]), {});
    const written = ({ files }: Plan) => Object.fromEntries(files.map(({ path, after }) => [path, after]));
    expect(planWith().choices.hasher).toBe('argon2');
    const first = planWith('--hasher', 'node-rs');
    expect(first.facts.find(({ flag }) => flag === '--hasher')?.then).toBe('hashed by @node-rs/argon2');
    write(written(first));
    expect(planWith('--hasher', 'node-rs').files).toEqual([]);
    const later = planWith('--features', 'sudo');
    expect(later.choices.hasher).toBe('node-rs');
    const root = later.files.find(({ path }) => path === 'src/authentication/authentication.module.ts');
    expect(root?.after).toContain('PasswordHashingClass = NodeRsHashing;');
    expect(() => planWith('--hasher', 'argon2')).toThrow(
      /^This project has --hasher node-rs\. Nothing was written\. .*core\/passwords\/argon2-hashing\.ts/,
    );
  });

  it('takes argon2 for a project of a release that had no other hasher', () => {
    const first = plan('none').files.map(({ path, after }) => [
      path,
      after.replace('    "hasher": "argon2",\n', ''),
    ]);
    write(Object.fromEntries(first) as Record<string, string>);
    expect(readFileSync(join(project, '.authentication-zero.json'), 'utf8')).not.toContain('"hasher"');
    expect(plan('sudo').choices.hasher).toBe('argon2');
  });

  it('refuses another folder than that of an earlier run, which would be a second copy', () => {
    const planWith = (path: string): Plan =>
      planAddition(tree, project, parseFlags(['add', '--path', path]), {});
    write(Object.fromEntries(planWith('src/auth').files.map(({ path, after }) => [path, after])));
    expect(planWith('src/auth').files).toEqual([]);
    expect(() => planWith('src/other')).toThrow(/wrote our source to src\/auth/);
  });

  it("adds features to a composition root that its owner changed, and keeps the owner's lines", () => {
    const ROOT = 'src/authentication/authentication.module.ts';
    const written = (planned: Plan): Record<string, string> =>
      Object.fromEntries(planned.files.map(({ path, after }) => [path, after]));
    write(written(plan('sudo')));
    const own = readFileSync(join(project, ROOT), 'utf8')
      .replace('[SudoModule]', '[SudoModule, NotesModule]')
      .replace(
        'import { SudoModule }',
        "import { NotesModule } from './features/notes/notes.module.js';\nimport { SudoModule }",
      )
      .replace(/migrations: \[\s*/, '$&AddUserRole1895000000000, ');
    write({ [ROOT]: own });
    for (const features of ['devices', 'devices,profiles']) {
      for (const force of [[], ['--force']]) {
        const flags = parseFlags(['add', '--features', features, ...force]);
        const { files, conflicts } = planAddition(tree, project, flags, {});
        expect(conflicts).toEqual([]);
        const root = files.find(({ path }) => path === ROOT)?.after ?? '';
        const listed = features === 'devices' ? 'DevicesModule' : 'DevicesModule, ProfilesModule';
        expect(root).toContain(`[SudoModule, NotesModule, ${listed}]`);
        expect(root).toContain('AddUserRole1895000000000');
        expect(root).toContain("import { DevicesModule } from './features/devices/devices.module.js';");
      }
    }
    expect(planAddition(tree, project, parseFlags(['add', '--force']), {}).overwritten).toEqual([]);
    write(written(plan('devices')));
    const again = plan('devices');
    expect([again.conflicts, again.files]).toEqual([[], []]);
  });

  it.each([
    ['29.7.0', false],
    ['^30.4.0', false],
    ['^30.5.2', true],
    ['31.0.0', true],
  ])('configures Jest %s without an option that it would warn of', (jest, hasOption) => {
    const json = JSON.parse(HOST['package.json']) as object;
    write({
      'package.json': JSON.stringify({ ...json, scripts: { test: 'jest' }, devDependencies: { jest } }),
    });
    const config = plan('none').files.find(
      ({ path }) => path === 'test/authentication/jest.config.mjs',
    )?.after;
    expect(config?.includes('workerGracefulExitTimeout')).toBe(hasOption);
    expect(config).toMatch(/'600MB',\n {2}(\/\/|testTimeout)/);
  });

  it('refuses a ts-node that npm does not install beside TypeORM 1, with the command', () => {
    const withTsNode = (range: string): void => {
      const json = JSON.parse(HOST['package.json']) as object;
      write({ 'package.json': JSON.stringify({ ...json, devDependencies: { 'ts-node': range } }) });
    };
    withTsNode('10.9.1');
    expect(() => plan('none')).toThrow(/npm install --save-dev ts-node@\^10\.9\.2$/);
    for (const range of ['^10.9.1', '10.9.2', '10.9.10']) {
      withTsNode(range);
      expect(plan('none').conflicts).toEqual([]);
    }
  });

  it("takes the environment of the project's own Jest", () => {
    const json = JSON.parse(HOST['package.json']) as object;
    write({ 'package.json': JSON.stringify({ ...json, devDependencies: { jest: '^29.7.0' } }) });
    const file = plan('none').files.find(({ path }) => path === 'package.json');
    expect(file?.after).toContain('"jest-environment-node": "^29.7.0"');
  });

  it('refuses another application of a workspace than that of an earlier run', () => {
    const projects = Object.fromEntries(
      ['api', 'shop'].map((name) => [name, { type: 'application', root: `apps/${name}` }]),
    );
    write({
      'nest-cli.json': JSON.stringify({ projects }),
      'apps/api/src/app.module.ts': HOST['src/app.module.ts'],
      'apps/shop/src/app.module.ts': HOST['src/app.module.ts'],
    });
    const of = (...args: string[]): Plan => planAddition(tree, project, parseFlags(['add', ...args]), {});
    write(Object.fromEntries(of('--project', 'api').files.map(({ path, after }) => [path, after])));
    expect(of().choices).toMatchObject({ project: 'api', path: 'apps/api/src/authentication' });
    expect(() => of('--project', 'shop')).toThrow(/earlier run added authentication to --project api/);
  });

  it('allows the builds of pnpm, but not in a workspace above', () => {
    write({ 'pnpm-lock.yaml': '' });
    const file = plan('none').files.find(({ path }) => path === 'pnpm-workspace.yaml');
    expect(file?.after).toContain('argon2: true');
    write({
      'packages/api/package.json': HOST['package.json'],
      'packages/api/src/app.module.ts': HOST['src/app.module.ts'],
      'pnpm-workspace.yaml': '',
    });
    const inside = planAddition(tree, join(project, 'packages/api'), parseFlags(['add']), {});
    expect(inside.files.map(({ path }) => path)).not.toContain('pnpm-workspace.yaml');
    expect(inside.paste.map(({ path }) => path)).toEqual(['../../pnpm-workspace.yaml']);
  });

  it.each(['1.1.1', '^1.0.0', '0.3.24', '0.3.31', '^0.3.17', '~0.3.20'])('takes TypeORM %s', (typeorm) => {
    write({ 'package.json': withTypeorm(typeorm) });
    expect(plan('none').conflicts).toEqual([]);
  });

  it.each(['0.3.20', '0.3.23', '^0.2.41', '0.2.45'])(
    'refuses TypeORM %s, with the command to upgrade',
    (typeorm) => {
      write({ 'package.json': withTypeorm(typeorm) });
      expect(() => plan('none')).toThrow(/npm install typeorm@\^0\.3\.24$/);
    },
  );

  const withTypeorm = (typeorm: string): string => {
    const json = JSON.parse(HOST['package.json']) as { dependencies: object };
    return JSON.stringify({ ...json, dependencies: { ...json.dependencies, typeorm } });
  };
});
