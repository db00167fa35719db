import { hashOf, manifestText, parseManifest, type Manifest } from '../../generators/manifest.js';
import { parseFlags } from '../../generators/options.js';
import { diffOf } from '../../generators/plan/diff.js';

const MANIFEST: Manifest = {
  format: 1,
  version: '1.2.3',
  options: {
    command: 'add',
    name: 'shop',
    features: ['sudo'],
    module: 'esm',
    project: null,
    yarn: null,
    esModuleInterop: true,
    adapter: 'fastify',
    testRunner: 'jest',
    nest: 12,
    packageManager: 'npm',
    path: 'src/authentication',
    testPath: 'test',
    hasher: 'argon2',
    specs: 'all',
    routePrefix: '',
    protect: 'authentication',
    globalPrefix: '',
  },
  files: { 'src/[id]/a "file".ts': hashOf('text\n') },
  edits: {
    'package.json': Array.from({ length: 20 }, (_, index) => `dependencies.package-${index}`),
    none: [],
  },
};

describe('the manifest', () => {
  it('is read as it was written', () => {
    expect(parseManifest(manifestText(MANIFEST))).toEqual(MANIFEST);
  });

  it('has short lists on one line and long ones on several, as Prettier formats JSON', () => {
    const text = manifestText(MANIFEST);
    expect(text).toContain('    "features": ["sudo"],\n');
    expect(text).toContain('    "package.json": [\n      "dependencies.package-0",\n');
    expect(text).toContain('    "none": []\n');
  });

  it('is ignored if it is broken or of a later format', () => {
    expect(['', '{', 'null', '[]', '{"format":2,"files":{}}'].map(parseManifest)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  it('has the same hash for LF and CRLF', () => {
    expect(hashOf('a\r\nb\r\n')).toBe(hashOf('a\nb\n'));
    expect(hashOf('a\nb\n')).not.toBe(hashOf('a\nb'));
  });
});

describe('flags', () => {
  const refused = (...args: string[]): string => {
    try {
      parseFlags(args);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error(`${args.join(' ')} was accepted`);
  };

  it('are parsed and normalised', () => {
    expect(parseFlags(['new', 'app', '-y', '--nest', '11', '--module=cjs'])).toMatchObject({
      command: 'new',
      directory: 'app',
      yes: true,
      nest: 11,
      module: 'cjs',
      adapter: undefined,
    });
    expect(parseFlags(['add', '--path', './src//auth/', '--route-prefix', '/auth/v1/'])).toMatchObject({
      path: 'src/auth',
      routePrefix: 'auth/v1',
    });
  });

  it('are refused with a message that says what is allowed', () => {
    expect(refused()).toContain('new, add, feature or list');
    expect(refused('remove')).toContain('remove');
    expect(refused('new', 'a', 'b')).toContain('a b');
    expect(refused('feature')).toContain('new NAME');
    expect(refused('feature', 'remove', 'sudo')).toContain('remove');
    expect(refused('feature', 'new', 'a', 'b')).toContain('a b');
    expect(refused('new', '--path', 'src')).toContain('--path');
    expect(refused('add', '--nest', '11')).toContain('--nest');
    expect(refused('new', '--nest', '10')).toContain('12 or 11');
    expect(refused('add', '--adapter', 'koa')).toContain('fastify or express');
    for (const path of ['..', '/etc', 'src/../..', '', '.', 'a\\..\\..']) {
      expect(refused('add', '--path', path)).toContain('a folder in the project');
    }
    for (const prefix of ['a b', 'a//b', ':id', "a'"]) {
      expect(refused('add', '--route-prefix', prefix)).toContain('--route-prefix');
    }
  });
});

describe('a diff of texts', () => {
  it('is empty if the texts are the same', () => {
    expect(diffOf('a', 'x\n', 'x\n')).toBe('');
  });

  it('starts from /dev/null for a new file', () => {
    expect(diffOf('a', null, 'x\ny\n')).toBe('--- /dev/null\n+++ a\n@@ -0,0 +1,2 @@\n+x\n+y\n');
  });

  it('marks a last line without a line end', () => {
    expect(diffOf('a', 'x', 'x\n')).toContain('\\ No newline at end of file');
  });
});
