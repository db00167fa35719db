import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Choices } from '../../generators/choices.js';
import { PackageTree } from '../../generators/package-tree.js';
import { planAddition } from '../../generators/plan/addition.js';
import { planNewProject } from '../../generators/plan/new-project.js';
import type { Plan } from '../../generators/plan/plan.js';

const OFF = { enabled: false };

const tree = new PackageTree(process.cwd());

const packageJsonOf = ({ files }: Plan) => files.find(({ path }) => path === 'package.json')!;

/** `@scarf/scarf`, a part of `@nestjs/swagger`, reports every installation unless the root package.json disables it. */
describe('reports of an installation', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reports-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const addedTo = (value: object): Plan => {
    mkdirSync(join(folder, 'src'));
    writeFileSync(
      join(folder, 'src/app.module.ts'),
      "import { Module } from '@nestjs/common';\n@Module({ imports: [] })\nexport class AppModule {}\n",
    );
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(value, null, 2)}\n`);
    return planAddition(tree, folder, { features: 'none' } as Parameters<typeof planAddition>[2], {});
  };

  const shop = {
    name: 'shop',
    dependencies: { '@nestjs/core': '^12.0.1', '@nestjs/platform-express': '^12.0.1' },
  };

  it('are off in this repository', () => {
    expect(JSON.parse(readFileSync('package.json', 'utf8'))).toMatchObject({ scarfSettings: OFF });
  });

  it('are off in a new project', () => {
    const choices: Choices = {
      command: 'new',
      name: 'app',
      features: [],
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
    };
    const { after } = packageJsonOf(planNewProject(tree, choices, '/nowhere'));
    expect(JSON.parse(after)).toMatchObject({ scarfSettings: OFF });
  });

  it('are switched off in an existing project, as an edit that the manifest lists', () => {
    const plan = addedTo(shop);
    expect(JSON.parse(packageJsonOf(plan).after)).toMatchObject({ name: 'shop', scarfSettings: OFF });
    const manifest = plan.files.find(({ path }) => path === '.authentication-zero.json')!;
    expect((JSON.parse(manifest.after) as { edits: object }).edits).toMatchObject({
      'package.json': expect.arrayContaining(['scarfSettings.enabled']) as string[],
    });
  });

  it('stay as an existing project sets them', () => {
    for (const scarfSettings of [{ enabled: true }, {}]) {
      const { after } = packageJsonOf(addedTo({ ...shop, scarfSettings }));
      expect(JSON.parse(after) as object).toMatchObject({ scarfSettings });
      expect(after).not.toContain('"enabled": false');
      rmSync(join(folder, 'src'), { recursive: true });
    }
  });
});
