/** @jest-environment node */
import type { Choices } from '../../generators/choices.js';
import { composedSource, type ComposedFile } from '../../generators/compose.js';
import { chosenFeatures, FEATURES } from '../../generators/features/index.js';
import { neededPackages } from '../../generators/packages.js';
import { PackageTree } from '../../generators/package-tree.js';
import { importsOf, packageOf } from '../../generators/transforms/imports.js';

const tree = new PackageTree(process.cwd());

const choices = (given: Partial<Choices> = {}): Choices => ({
  command: 'new',
  name: 'app',
  features: FEATURES,
  module: 'esm',
  adapter: 'fastify',
  testRunner: 'jest',
  nest: 12,
  packageManager: 'npm',
  project: null,
  yarn: null,
  esModuleInterop: true,
  path: 'src/authentication',
  testPath: 'test',
  hasher: 'argon2',
  specs: 'all',
  routePrefix: '',
  protect: 'authentication',
  globalPrefix: '',
  ...given,
});

/** The request headers that a feature reads, besides `X-Session-Token`. */
const headersOf = (folder: string): string[] =>
  tree
    .list(`src/authentication/${folder}`)
    .flatMap((path) => [...tree.read(path).matchAll(/'(X-[\w-]+)'/g)].map(([, name]) => name ?? ''))
    .filter((name) => name !== 'X-Session-Token');

const isOurs = (path: string): boolean => /^(src|test)\/authentication\//.test(path);

describe('the composed source', () => {
  const HASHING = /^(?:src|test)\/authentication\/core\/passwords\/(argon2|node-rs)-hashing\.(?:spec\.)?ts$/;
  const ROOT = 'src/authentication/authentication.module.ts';

  it('with every feature is src/authentication/ and its specs, byte for byte, but for the other hasher', () => {
    const all = [...tree.list('src/authentication'), ...tree.list('test/authentication')];
    for (const hasher of ['argon2', 'node-rs'] as const) {
      const composed = composedSource(tree, choices({ hasher })).filter(({ to }) => isOurs(to));
      const paths = all.filter((path) => (HASHING.exec(path)?.[1] ?? hasher) === hasher);
      expect(all.length - paths.length).toBe(2);
      const isSame = (path: string): boolean => hasher === 'argon2' || path !== ROOT;
      expect(composed.map(({ to }) => to)).toEqual(paths);
      for (const { to, text } of composed.filter((file) => isSame(file.to)))
        expect([to, text === tree.read(to)]).toEqual([to, true]);
    }
  });

  it('with --hasher node-rs names its class in the composition root, and only its package', () => {
    for (const given of [{}, { module: 'cjs', nest: 11, command: 'add' }] as const) {
      const target = choices({ ...given, hasher: 'node-rs' });
      const composed = composedSource(tree, target);
      const suffix = target.module === 'esm' ? '.js' : '';
      const root = composed.find(({ to }) => to === ROOT)?.text ?? '';
      expect(root).toContain(`import { NodeRsHashing } from './core/passwords/node-rs-hashing${suffix}';\n`);
      expect(root).toContain('const HASHING: PasswordHashingClass = NodeRsHashing;\n');
      expect(root).not.toContain('Argon2Hashing');
      const { dependencies, devDependencies } = neededPackages(composed, target, tree);
      expect(dependencies).toHaveProperty(['@node-rs/argon2']);
      expect({ ...dependencies, ...devDependencies }).not.toHaveProperty(['argon2']);
    }
    const { dependencies, devDependencies } = neededPackages(
      composedSource(tree, choices()),
      choices(),
      tree,
    );
    expect(dependencies).toHaveProperty(['argon2']);
    expect({ ...dependencies, ...devDependencies }).not.toHaveProperty(['@node-rs/argon2']);
  });

  it('has no default imports of packages where the compiler does not know them, but in specs', () => {
    const composed = composedSource(tree, choices({ module: 'cjs', esModuleInterop: false }));
    const defaults = composed.filter(({ text }) => /^import (?!type)\w+ from '[^.]/m.test(text));
    expect(defaults.filter(({ to }) => to.startsWith('src/authentication/'))).toEqual([]);
    expect(defaults.filter(({ to }) => to.startsWith('test/')).length).toBeGreaterThan(0);
    const queue = composed.find(({ to }) => to.endsWith('/mail-queue.ts'));
    expect(queue?.text).toContain("import PgBoss = require('pg-boss');");
  });

  it('contains nothing of a feature that was not chosen', () => {
    const sets = ['none', ...FEATURES.map(({ name }) => name), 'two-factor,passwordless'];
    // Most files are the same in every set: each text is parsed once.
    const known = new Map<string, string[]>();
    const importedBy = (text: string): string[] => {
      const specifiers = known.get(text) ?? importsOf(text).map(({ specifier }) => specifier);
      known.set(text, specifiers);
      return specifiers;
    };
    for (const features of sets.map((names) => chosenFeatures(names))) {
      const target = choices({ features });
      // The documents describe every feature.
      const composed = composedSource(tree, target).filter(({ to }) => !to.startsWith('docs/'));
      const { dependencies } = neededPackages(composed, target, tree);
      for (const { folder, specs, settings, packages } of FEATURES.filter(
        (each) => !features.includes(each),
      )) {
        const words = [...settings, ...headersOf(folder)];
        const isOfFeature = ({ to, text }: ComposedFile): boolean =>
          to.includes(`src/authentication/${folder}/`) ||
          specs.some((spec) => to.startsWith(`test/${spec}`)) ||
          importedBy(text).some((specifier) => specifier.includes(`/${folder}/`)) ||
          words.some((word) => text.includes(word));
        expect(packages.filter((name) => name in dependencies)).toEqual([]);
        expect(composed.filter(isOfFeature).map(({ to }) => to)).toEqual([]);
      }
    }
  });

  it('has a manifest for every folder that the composition root calls a feature', () => {
    const root = tree.read('src/authentication/authentication.module.ts');
    const listed = /FEATURES: readonly Feature\[\] = \[([^\]]*)\]/.exec(root)?.[1] ?? '';
    const names = listed.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
    const folders = names.map(
      (name) => new RegExp(`\\{ ${name} \\} from '\\./(features/[^/]+)/`).exec(root)?.[1],
    );
    expect(FEATURES.map(({ folder }) => folder)).toEqual(folders);
  });

  it('names in each manifest the packages that only that feature imports', () => {
    const importedBy = (paths: readonly string[]): Set<string> =>
      new Set(
        paths.flatMap((path) =>
          importsOf(tree.read(path)).flatMap(({ specifier }) => packageOf(specifier) ?? []),
        ),
      );
    const all = tree.list('src/authentication');
    for (const { folder, packages } of FEATURES) {
      const isIn = (path: string): boolean => path.startsWith(`src/authentication/${folder}/`);
      const others = importedBy(all.filter((path) => !isIn(path)));
      const own = [...importedBy(all.filter(isIn))].filter((name) => !others.has(name));
      expect({ folder, packages: own.sort() }).toEqual({ folder, packages: [...packages].sort() });
    }
  });

  it('says in each manifest whether the feature keeps secrets, which need SECRET_KEY', () => {
    const keeping = FEATURES.filter(({ folder }) =>
      tree
        .list(`src/authentication/${folder}`)
        .some((path) => path.endsWith('.ts') && tree.read(path).includes('secretKeysFor(')),
    );
    expect(FEATURES.filter(({ keepsSecrets }) => keepsSecrets)).toEqual(keeping);
    expect(keeping).not.toHaveLength(0);
  });

  it('imports only files that it contains, whatever the target', () => {
    for (const target of [
      choices({ features: [], adapter: 'express' }),
      choices({
        command: 'add',
        module: 'cjs',
        path: 'apps/api/src/auth',
        testPath: 'apps/api/test',
        testRunner: 'vitest',
      }),
    ]) {
      const composed = composedSource(tree, target).filter(({ to }) => !to.endsWith('.md'));
      const paths = new Set(composed.map(({ to }) => to.replace(/\.ts$/, '')));
      const lost = composed.flatMap(({ to, text }) =>
        importsOf(text)
          .filter(({ specifier }) => specifier.startsWith('.'))
          .map(({ specifier }) => new URL(specifier, `file:///${to}`).pathname.slice(1).replace(/\.js$/, ''))
          .filter((path) => !paths.has(path) && !path.endsWith('.mjs'))
          .map((path) => `${to} -> ${path}`),
      );
      expect(lost).toEqual([]);
    }
  });

  it('puts the documents beside the tests, and their links lead to the source', () => {
    const path = 'apps/api/src/auth';
    const target = choices({ command: 'add', path, testPath: 'apps/api/test' });
    const composed = composedSource(tree, target);
    const map = composed.find(({ to }) => to === `${path}/README.md`)?.text;
    expect(map).toContain('](../../docs/authentication/recipes.md)');
    expect(composed.map(({ to }) => to)).toContain('apps/api/docs/authentication/recipes.md');
  });

  it('has only the chosen adapter', () => {
    const paths = composedSource(tree, choices({ adapter: 'express' }));
    const text = (path: string) => paths.find(({ to }) => to === path)?.text;
    expect(text('src/http/fastify.adapter.ts')).toBeUndefined();
    expect(text('src/http/adapters.ts')).not.toContain('fastify');
    expect(text('src/config/http-adapters.ts')).toContain("['express'] as const");
  });

  it('has no reference server in an existing project, and another suffix for specs', () => {
    const paths = composedSource(tree, choices({ command: 'add' })).map(({ to }) => to);
    expect(
      paths.filter(
        (path) => !/^(src\/authentication|test\/authentication|docs\/authentication)\//.test(path),
      ),
    ).toEqual([]);
    expect(paths.filter((path) => path.endsWith('.spec.ts'))).toEqual([]);
  });

  it('needs packages in the versions for the major version of Nest', () => {
    const ranges = (nest: 11 | 12) => {
      const target = choices({ nest });
      return neededPackages(composedSource(tree, target), target, tree).dependencies;
    };
    expect(ranges(12)['@nestjs/core']).toMatch(/^\^12/);
    expect(ranges(11)['@nestjs/core']).toMatch(/^\^11/);
    expect(ranges(11)['typeorm']).toBe(ranges(12)['typeorm']);
  });
});

describe('--features', () => {
  const feature = (name: string, requires: string[] = []) => ({ ...FEATURES[0]!, name, requires });
  const known = [feature('a'), feature('b', ['a']), feature('c', ['b'])];

  it('includes the features that a feature requires', () => {
    expect(chosenFeatures('c', known).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(chosenFeatures('none', known)).toEqual([]);
    expect(chosenFeatures('all', known)).toEqual(known);
  });

  it('refuses an unknown name', () => {
    expect(() => chosenFeatures('a,z', known)).toThrow(/"z"/);
  });
});
