/** @jest-environment node */
import { relocatedLinks } from '../../generators/transforms/links.js';
import { hashOf } from '../../generators/manifest.js';
import { diffOf } from '../../generators/plan/diff.js';
import { settle } from '../../generators/plan/plan.js';
import { clashes, routesOf } from '../../generators/project/routes.js';
import { withVariables } from '../../generators/transforms/env-example.js';
import {
  packageOf,
  relocated,
  withoutDefaultImports,
  withoutDynamicImports,
  withoutSuffix,
} from '../../generators/transforms/imports.js';
import { withEntries, withValue } from '../../generators/transforms/json.js';
import { withoutElements, withoutFeatures, withoutProperties } from '../../generators/transforms/prune.js';
import { forVitest } from '../../generators/transforms/test-runner.js';

const ROOT = `import { Module } from '@nestjs/common';
import { DevicesModule } from './devices/devices.module.js';
import { SudoModule } from './sudo/sudo.module.js';

export const FEATURES: readonly Feature[] = [SudoModule, DevicesModule];
`;

describe('relocatedLinks', () => {
  const moved = (path: string) => (path.startsWith('docs/') ? `docs/authentication/${path.slice(5)}` : path);

  it('leads from a file that stays to one that moves', () => {
    const map = 'See [recipes](../../docs/recipes.md#a-phone) and [users](core/users/user.entity.ts).';
    expect(relocatedLinks(map, 'src/authentication/README.md', 'src/authentication/README.md', moved)).toBe(
      'See [recipes](../../docs/authentication/recipes.md#a-phone) and [users](core/users/user.entity.ts).',
    );
  });

  it('leads from a file that moves to one that stays', () => {
    const document = '[map](../src/authentication/README.md), [other](own-routes.md), [here](#here)';
    expect(relocatedLinks(document, 'docs/recipes.md', 'docs/authentication/recipes.md', moved)).toBe(
      '[map](../../src/authentication/README.md), [other](own-routes.md), [here](#here)',
    );
  });

  it('leaves addresses alone, and every byte where nothing moves', () => {
    const text = '[a](https://example.com/x) [b](mailto:a@example.com) [c](./x.md) [d](//host/x)';
    expect(relocatedLinks(text, 'a/b.md', 'a/b.md', (path) => path)).toBe(text);
  });
});

describe('pruning the composition root', () => {
  it('removes a feature from the imports and from the list', () => {
    expect(withoutFeatures(ROOT, ['sudo'])).toBe(`import { Module } from '@nestjs/common';
import { DevicesModule } from './devices/devices.module.js';

export const FEATURES: readonly Feature[] = [DevicesModule];
`);
  });

  it('leaves an empty list', () => {
    const pruned = withoutFeatures(ROOT, ['sudo', 'devices']);
    expect(pruned).toContain('FEATURES: readonly Feature[] = [];');
    expect(pruned).not.toMatch(/sudo|devices/i);
  });

  it('changes nothing if every feature stays', () => {
    expect(withoutFeatures(ROOT, [])).toBe(ROOT);
  });

  it('puts a list on one line if it fits, as Prettier does', () => {
    const names = ['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon', 'Zeta'].map(
      (name) => `${name}AndSomeMoreModule`,
    );
    const text = `export const FEATURES: readonly Feature[] = [\n${names.map((name) => `  ${name},\n`).join('')}];\n`;
    const imports = names.map((name) => `import { ${name} } from './${name}/x.js';\n`).join('');
    expect(withoutFeatures(imports + text, [names[0]!])).toContain(`= [\n  ${names[1]!},\n`);
    expect(withoutFeatures(imports + text, names.slice(2))).toContain(`= [${names[0]!}, ${names[1]!}];`);
  });

  it('removes an entry from an array and from an object', () => {
    expect(withoutElements("const A = ['one', 'two'] as const;\n", 'A', ['one'])).toBe(
      "const A = ['two'] as const;\n",
    );
    expect(
      withoutProperties('const A = {\n  one: 1,\n  /** why */\n  two: { x: 2 },\n};\n', 'A', ['two']),
    ).toBe('const A = {\n  one: 1,\n};\n');
  });
});

describe('relative imports', () => {
  it('lose their suffix for CommonJS, except in a dynamic import()', () => {
    const text = `import { a } from './a.js';\nexport * from "../b.js";\nimport type { C } from '../../c.js';\nconst d = await import('./d.js');\nimport e from 'e.js';\nconst f = "from './f.js'";\n`;
    expect(withoutSuffix(text)).toBe(
      `import { a } from './a';\nexport * from "../b";\nimport type { C } from '../../c';\nconst d = await import('./d.js');\nimport e from 'e.js';\nconst f = "from './f.js'";\n`,
    );
  });

  it('require a package that has no default export for the compiler', () => {
    const text = `import PgBoss from 'pg-boss';\nimport type Job from "job";\nimport { a } from 'a';\nimport b from './b';\n`;
    expect(withoutDefaultImports(text)).toBe(
      `import PgBoss = require('pg-boss');\nimport type Job = require("job");\nimport { a } from 'a';\nimport b from './b';\n`,
    );
  });

  it('require a package that is loaded late, where the compiler would leave the import to Node', () => {
    const text = `type A = typeof import('a');\nconst { a } = await import('a');\nconst b = import('./b.js');\n`;
    expect(withoutDynamicImports(text)).toBe(
      `type A = typeof import('a');\nconst { a } = await Promise.resolve(require('a') as typeof import('a'));\nconst b = import('./b.js');\n`,
    );
  });

  it('follow a file that is moved', () => {
    const moved = (path: string): string => path.replace('src/authentication', 'apps/api/src/auth');
    expect(
      relocated(
        "import { a } from '../../src/authentication/a.js';\n",
        'test/support/b.ts',
        'apps/api/test/support/b.ts',
        moved,
      ),
    ).toBe("import { a } from '../../src/auth/a.js';\n");
  });

  it('name their package', () => {
    expect(['@nestjs/common/x', 'pg', 'node:fs', './a.js'].map(packageOf)).toEqual([
      '@nestjs/common',
      'pg',
      null,
      null,
    ]);
  });
});

describe('a spec for Vitest', () => {
  it('imports what it uses', () => {
    expect(forVitest("describe('x', () => {\n  it('y', () => expect(z.it).toBe(1));\n});\n")).toMatch(
      /^import \{ describe, expect, it \} from 'vitest';\n/,
    );
  });
});

describe('merging JSON', () => {
  const crlf = '{\r\n\t"name": "x",\r\n\t"dependencies": {\r\n\t\t"a": "1",\r\n\t\t"c": "3"\r\n\t}\r\n}\r\n';

  it('adds a missing entry at its place, and keeps tabs, CRLF and a BOM', () => {
    expect(withEntries(`\uFEFF${crlf}`, ['dependencies'], { a: '9', b: '2' })).toBe(
      `\uFEFF${crlf.replace('"a": "1",', '"a": "1",\r\n\t\t"b": "2",')}`,
    );
  });

  it('adds a section that does not exist', () => {
    expect(JSON.parse(withEntries('{\n  "name": "x"\n}\n', ['scripts'], { test: 'jest' }))).toEqual({
      name: 'x',
      scripts: { test: 'jest' },
    });
  });

  it('fills an empty object', () => {
    expect(withEntries('{\n  "scripts": {}\n}\n', ['scripts'], { a: 'b' })).toBe(
      '{\n  "scripts": {\n    "a": "b"\n  }\n}\n',
    );
  });

  it('adds at the end of an unsorted object', () => {
    expect(withEntries('{\n  "c": 1,\n  "a": 2\n}\n', [], { b: 3 })).toBe(
      '{\n  "c": 1,\n  "a": 2,\n  "b": 3\n}\n',
    );
  });

  it('adds at the start of a sorted object', () => {
    expect(withEntries('{\n    "b": 1,\n    "c": 2\n}', [], { a: 3 })).toBe(
      '{\n    "a": 3,\n    "b": 1,\n    "c": 2\n}',
    );
  });

  it('does not format the line before', () => {
    expect(withEntries('{\n  "name":"x",\n  "files": ["a","b"]\n}\n', [], { b: ['c', 'd'] })).toBe(
      '{\n  "name":"x",\n  "files": ["a","b"],\n  "b": ["c", "d"]\n}\n',
    );
  });

  it('keeps comments and trailing commas', () => {
    expect(withEntries('{\n  // one\n  "b": 1, /* two */\n  "a": 2,\n  // three\n}\n', [], { c: 3 })).toBe(
      '{\n  // one\n  "b": 1, /* two */\n  "a": 2,\n  "c": 3,\n  // three\n}\n',
    );
    expect(withValue('{\n  // one\n  "a": [1] // two\n}\n', [], 'a', ['x', 'y'])).toBe(
      '{\n  // one\n  "a": ["x", "y"] // two\n}\n',
    );
  });

  it('adds objects in objects', () => {
    expect(withValue('{\n\t"a": 1\n}\n', ['b', 'c'], 'd', [{ e: [] }, [1, 2]])).toBe(
      '{\n\t"a": 1,\n\t"b": {\n\t\t"c": {\n\t\t\t"d": [\n\t\t\t\t{\n\t\t\t\t\t"e": []\n\t\t\t\t},\n\t\t\t\t[1, 2]\n\t\t\t]\n\t\t}\n\t}\n}\n',
    );
  });

  it('is refused if there is no object', () => {
    for (const text of ['', '[]', '"x"', '{ "a": ', "{ 'a': 1 }"])
      expect(() => withEntries(text, [], { b: 1 })).toThrow('The file is not a JSON object');
    for (const text of ['{ "scripts": "x" }', '{ "scripts": null }'])
      expect(() => withEntries(text, ['scripts'], { b: 'c' })).toThrow('"scripts" is not a JSON object');
  });

  it('replaces a value', () => {
    expect(withValue('{ "include": ["src", "bench"] }', [], 'include', ['src'])).toBe(
      '{ "include": ["src"] }',
    );
  });
});

describe('merging an env example', () => {
  const variable = { name: 'APP_URL', fallback: 'http://x', meaning: 'base of `links`' };

  it('adds a missing variable, once', () => {
    const merged = withVariables('PORT=1\r\n', [variable], 'Ours');
    expect(merged).toBe('PORT=1\r\n\r\n# Ours\r\n# base of links\r\n# APP_URL=http://x\r\n');
    expect(withVariables(merged, [variable], 'Ours')).toBe(merged);
  });

  it('adds no variable that is there, commented out or not', () => {
    for (const text of ['APP_URL=y\n', '#APP_URL=\n', 'export APP_URL=y\n'])
      expect(withVariables(text, [variable], 'Ours')).toBe(text);
  });
});

describe('routes of a source', () => {
  it('are read from its decorators', () => {
    const text = `@Controller({ path: 'users' }) class A { @Get() a() {} @Post(['x', '/y']) b() {} @Get(name) c() {} }`;
    expect(routesOf(text)).toEqual([
      { method: 'GET', path: '/users' },
      { method: 'POST', path: '/users/x' },
      { method: 'POST', path: '/users/y' },
    ]);
  });

  it('clash even if their parameters have different names', () => {
    const ours = [{ method: 'GET', path: '/sessions/:id' }];
    expect(clashes(ours, [{ method: 'GET', path: '/sessions/:session' }])).toEqual(ours);
    expect(clashes(ours, [{ method: 'ALL', path: '/sessions/:x' }])).toEqual(ours);
    expect(clashes(ours, [{ method: 'POST', path: '/sessions/:id' }])).toEqual([]);
  });
});

describe('comparing our files with a project', () => {
  const manifest = (text: string) => ({ files: { a: hashOf(text) } }) as never;
  const settled = (before: string | null, text: string, generated: string | null, force = false) => {
    const { files, kept, conflicts } = settle(
      [{ path: 'a', text }],
      () => before,
      generated === null ? null : manifest(generated),
      force,
    );
    return { files: files.length, kept: kept.length, conflicts: conflicts.length };
  };

  it('writes a missing file and skips an equal one, whatever its line ends', () => {
    expect(settled(null, 'x\n', null)).toEqual({ files: 1, kept: 0, conflicts: 0 });
    expect(settled('x\r\n', 'x\n', null)).toEqual({ files: 0, kept: 0, conflicts: 0 });
  });

  it('keeps a file that only the owner changed or deleted', () => {
    expect(settled('mine', 'x', 'x')).toEqual({ files: 0, kept: 1, conflicts: 0 });
    expect(settled(null, 'x', 'x')).toEqual({ files: 0, kept: 1, conflicts: 0 });
  });

  it('replaces a file that the owner did not change', () => {
    expect(settled('old', 'new', 'old')).toEqual({ files: 1, kept: 0, conflicts: 0 });
  });

  it('refuses a file that both changed, and one that is not ours', () => {
    expect(settled('mine', 'new', 'old')).toEqual({ files: 0, kept: 0, conflicts: 1 });
    expect(settled('theirs', 'x', null)).toEqual({ files: 0, kept: 0, conflicts: 1 });
    expect(settled('theirs', 'x', null, true)).toEqual({ files: 1, kept: 0, conflicts: 0 });
  });
});

describe('a diff', () => {
  it('is unified', () => {
    expect(diffOf('a', 'one\ntwo\nthree\n', 'one\n2\nthree\n')).toBe(
      '--- a\n+++ a\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n',
    );
    expect(diffOf('a', null, 'x\n')).toBe('--- /dev/null\n+++ a\n@@ -0,0 +1,1 @@\n+x\n');
  });
});
