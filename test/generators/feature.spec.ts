import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Conflicting, Failure, WrongUsage } from '../../generators/failure.js';
import { parseFlags } from '../../generators/options.js';
import { PackageTree } from '../../generators/package-tree.js';
import { planAddition } from '../../generators/plan/addition.js';
import { planFeature } from '../../generators/plan/feature.js';
import type { Plan } from '../../generators/plan/plan.js';
import { singularOf, skeletonNames } from '../../generators/skeleton/names.js';
import { renamed } from '../../generators/skeleton/skeleton.js';
import { withListed } from '../../generators/transforms/feature-list.js';
import { importsOf } from '../../generators/transforms/imports.js';
import { writeFiles } from './host.js';

const tree = new PackageTree(process.cwd());

describe('the names of a skeleton', () => {
  it('include a guessed singular', () => {
    expect(
      ['notes', 'team-notes', 'companies', 'keys', 'addresses', 'boxes', 'news', 'status', 'equipment'].map(
        singularOf,
      ),
    ).toEqual(['note', 'team-note', 'company', 'key', 'address', 'box', 'new', 'status', 'equipment']);
  });

  it('are refused if they are not in kebab-case, or are reserved or built-in', () => {
    for (const name of ['', 'Notes', 'team_notes', 'a--b', '-a', 'a-', '1a', 'ä', '../a', 'a'.repeat(41)])
      expect(() => skeletonNames(name)).toThrow(WrongUsage);
    for (const name of ['classes', 'dates', 'defaults', 'interfaces'])
      expect(() => skeletonNames(name)).toThrow('--singular');
    expect(skeletonNames('classes', 'lesson')).toEqual({ plural: 'classes', singular: 'lesson' });
    expect(() => skeletonNames('notes', 'Note')).toThrow('--singular');
  });

  it('replace the sample name in every spelling', () => {
    const names = skeletonNames('team-people', 'team-person');
    expect(
      renamed('SampleThings sampleThing sample-things sample_thing Sample things, sample thing', names),
    ).toBe('TeamPeople teamPerson team-people team_person Team people, team person');
  });
});

describe('a list of features', () => {
  const listed = (text: string): string => {
    const result = withListed(text, 'FEATURES', { name: 'Notes', specifier: './features/notes.js' });
    if (result.kind !== 'edited') throw new Error(result.reason);
    return result.text;
  };

  it('gets an entry at its end, and the import beside its neighbours', () => {
    expect(
      listed(
        "import { z } from 'z';\nimport { A } from './core/a.js';\nimport { M } from './features/m.js'; // m\nimport { S } from './features/s.js';\nimport { H } from './http/h.js';\n\nexport const FEATURES: readonly F[] = [M, S];\n",
      ),
    ).toBe(
      "import { z } from 'z';\nimport { A } from './core/a.js';\nimport { M } from './features/m.js'; // m\nimport { Notes } from './features/notes.js';\nimport { S } from './features/s.js';\nimport { H } from './http/h.js';\n\nexport const FEATURES: readonly F[] = [M, S, Notes];\n",
    );
  });

  it('keeps comments, CRLF, quotes and the lack of semicolons', () => {
    expect(
      listed(
        'import { A } from "./core/a.js"\r\n\r\nexport const FEATURES = [\r\n\tA, // first\r\n\tB // last\r\n]\r\n',
      ),
    ).toBe(
      'import { A } from "./core/a.js"\r\nimport { Notes } from "./features/notes.js"\r\n\r\nexport const FEATURES = [\r\n\tA, // first\r\n\tB, // last\r\n\tNotes,\r\n]\r\n',
    );
  });

  it('is not edited if it is not an array literal: the lines to paste are reported', () => {
    for (const text of ['', 'export const FEATURES = features();\n', 'export const OTHERS = [];\n']) {
      expect(withListed(text, 'FEATURES', { name: 'Notes', specifier: './notes.js' })).toMatchObject({
        kind: 'paste',
        lines: ["import { Notes } from './notes.js';", '', '// in FEATURES:', 'Notes,'],
      });
    }
  });
});

describe('feature new', () => {
  let project: string;

  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'feature-spec-'));
  });
  afterEach(() => rmSync(project, { recursive: true, force: true }));

  const write = (files: Readonly<Record<string, string>>): void => writeFiles(project, files);
  const added = (type: string, flags: readonly string[] = []): void => {
    write({
      'package.json': JSON.stringify({
        name: 'host',
        type,
        dependencies: { '@nestjs/core': '^12.0.0', '@nestjs/platform-express': '^12.0.0' },
      }),
      'src/app.module.ts':
        "import { Module } from '@nestjs/common';\n\n@Module({ imports: [] })\nexport class AppModule {}\n",
      'src/cats.controller.ts':
        "import { Controller, Get } from '@nestjs/common';\n\n@Controller('cats')\nexport class CatsController {\n  @Get()\n  list() {\n    return [];\n  }\n}\n",
    });
    const { files } = planAddition(tree, project, parseFlags(['add', ...flags]), {});
    write(Object.fromEntries(files.map(({ path, after }) => [path, after])));
  };
  const plan = (name: string, singular?: string): Promise<Plan> =>
    planFeature(tree, project, skeletonNames(name, singular));
  const textOf = ({ files }: Plan, path: string): string =>
    files.find((file) => file.path === path)?.after ?? '';
  /** relative imports that lead neither to a planned nor to an existing file */
  const dangling = ({ files }: Plan, suffix: string): string[] => {
    const planned = new Set(files.map(({ path }) => path));
    return files
      .filter(({ path }) => path.endsWith('.ts'))
      .flatMap(({ path, after }) =>
        importsOf(after)
          .filter(({ specifier }) => specifier.startsWith('.'))
          .filter(({ specifier }) => {
            const bare = suffix === '' ? specifier : specifier.slice(0, -suffix.length);
            const target = `${join(dirname(path), bare)}.ts`;
            const ends = suffix === '' ? !specifier.endsWith('.js') : specifier.endsWith(suffix);
            return !ends || (!planned.has(target) && !existsSync(join(project, target)));
          })
          .map(({ specifier }) => `${path}: ${specifier}`),
      );
  };

  it('writes a feature whose imports all exist, and lists it', async () => {
    added('module');
    const made = await plan('team-notes');
    const folder = 'src/authentication/features/team-notes';
    expect(made.files.map(({ path }) => path.replace(/\d{13}/, 'TIME'))).toEqual([
      `${folder}/README.md`,
      `${folder}/dto/team-note.dto.ts`,
      `${folder}/migrations/TIME-create-team-notes.ts`,
      `${folder}/team-note.entity.ts`,
      `${folder}/team-note.view.ts`,
      `${folder}/team-notes.controller.ts`,
      `${folder}/team-notes.module.ts`,
      `${folder}/team-notes.openapi.ts`,
      `${folder}/team-notes.service.ts`,
      'test/authentication/features/team-notes/team-notes.authentication-spec.ts',
      'src/authentication/authentication.module.ts',
    ]);
    expect(dangling(made, '.js')).toEqual([]);
    expect(made.files.filter(({ after }) => /sample|1700000000000/i.test(after))).toEqual([]);
    expect(textOf(made, 'src/authentication/authentication.module.ts')).toMatch(
      /FEATURES: readonly Feature\[\] = \[\s*TeamNotesModule,?\s*\]/,
    );
    expect(textOf(made, `${folder}/team-notes.controller.ts`)).toContain(
      "@AuthenticationController('team_notes')",
    );
  });

  it('follows the module system, the runner and the folder of the project', async () => {
    added('commonjs', ['--path', 'src/identity/auth', '--test-runner', 'vitest', '--features', 'sudo']);
    const made = await plan('notes');
    expect(dangling(made, '')).toEqual([]);
    const spec = textOf(made, 'test/authentication/features/notes/notes.authentication-spec.ts');
    expect(spec).toMatch(/^import \{ .*\bit \} from 'vitest';/);
    expect(textOf(made, 'src/identity/auth/authentication.module.ts')).toContain('[SudoModule, NotesModule]');
  });

  it('runs its migration after all existing ones', async () => {
    added('module');
    const later = Date.now() + 1e10;
    write({ [`src/authentication/core/database/migrations/${later}-mine.ts`]: '' });
    const { files } = await plan('notes');
    const [, migration] = /export class CreateNotes(\d+)/.exec(
      files.find(({ path }) => path.includes('/migrations/'))?.after ?? '',
    )!;
    expect(Number(migration)).toBe(later + 1);
  });

  it('refuses our own names, names that are taken, and routes that exist already', async () => {
    added('module', ['--features', 'sudo,activity']);
    for (const name of ['sudo', 'profiles', 'sessions', 'features', 'users', 'callers', 'one-time-tokens'])
      await expect(plan(name)).rejects.toThrow(WrongUsage);
    await expect(plan('events')).rejects.toThrow('authentication.events');
    for (const name of ['cats', 'sign-up']) await expect(plan(name)).rejects.toThrow(Conflicting);
    write({ 'src/authentication/features/notes/mine.ts': '' });
    await expect(plan('notes')).rejects.toThrow('src/authentication/features/notes exists already');
    write({ 'test/authentication/features/tags/tags.authentication-spec.ts': '' });
    await expect(plan('tags')).rejects.toThrow(Conflicting);
  });

  it('requires a project that new or add wrote into', async () => {
    write({ 'package.json': '{}' });
    await expect(plan('notes')).rejects.toThrow(Failure);
  });

  it('reports the lines to paste if the composition root has no list', async () => {
    added('module');
    const path = 'src/authentication/authentication.module.ts';
    const root = readFileSync(join(project, path), 'utf8');
    write({
      [path]: root.replace('FEATURES: readonly Feature[] = [', 'FEATURES: readonly Feature[] = of(['),
    });
    expect((await plan('notes')).paste).toMatchObject([{ path, lines: expect.any(Array) as string[] }]);
  });

  it('makes the generator offer a feature of this repository', async () => {
    const { files } = await planFeature(tree, process.cwd(), skeletonNames('notes'));
    const textAt = (path: string): string => files.find((file) => file.path === path)?.after ?? '';
    expect(textAt('generators/features/notes.ts')).toContain("folder: 'features/notes'");
    expect(textAt('generators/features/index.ts')).toMatch(/ {2}notes,\n\];/);
    expect(files.find(({ path }) => path.includes('/migrations/'))?.path).toMatch(
      /\/\d{8}00000-create-notes/,
    );
  });
});
