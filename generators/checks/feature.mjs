// The skeleton of a feature, in a new project and in an existing one, by our command and by Plop's: it compiles, lints,
// is formatted, and its spec passes at once.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inLanes } from './kit/check.mjs';
import { must } from './kit/processes.mjs';
import { mustBeSame, snapshot, writeTree } from './kit/tree.mjs';

const NAME = 'notes';
/** With a long name, lines break that do not break with a short one. */
const LONG_NAME = 'customer-satisfaction-surveys';
const SPECS = [`features/${NAME}`, 'core/database/entities-agree'];

const PROJECTS = [
  {
    name: 'esm, jest, fastify: new',
    folder: 'ours',
    make: (workshop, cwd, folder) =>
      workshop.mustTool(['new', 'ours', '--features', 'none', '--yes', '--skip-install'], { cwd: folder }),
    spec: (name) => `test/authentication/features/${name}/${name}.spec.ts`,
    script: 'test',
  },
  {
    name: 'cjs, vitest, express: add',
    folder: 'theirs',
    make: (workshop, cwd) => {
      writeTree(cwd, THEIRS);
      return workshop.mustTool(['add', '--yes', '--skip-install'], { cwd });
    },
    spec: (name) => `test/authentication/features/${name}/${name}.authentication-spec.ts`,
    script: 'test:authentication',
  },
];

export default async function feature(check, workshop) {
  const folder = workshop.emptyFolder('feature');
  const isReady = await check.case('two projects, installed once', async () => {
    for (const { folder: name, make } of PROJECTS) await make(workshop, join(folder, name), folder);
    copyFileSync(join(folder, 'ours/eslint.config.mjs'), join(folder, 'theirs/eslint.config.mjs'));
    writeTree(folder, { 'package.json': JSON.stringify(unionOf(folder)) });
    // Node also looks for packages in the folders above a project.
    await must('npm', ['install'], { cwd: folder, minutes: 5 });
  });
  if (!isReady) return;
  await inLanes(PROJECTS.map((project) => () => oneProject(check, workshop, folder, project)));
}

async function oneProject(check, workshop, folder, { name, folder: own, spec, script }) {
  const cwd = join(folder, own);
  const say = (what, work) => check.case(`${name}: ${what}`, work);
  const bin = (tool, ...args) => must(join(folder, 'node_modules/.bin', tool), args, { cwd, minutes: 3 });
  const before = snapshot(cwd);
  await say('--diff and refused names write nothing', async () => {
    const { stdout } = await workshop.mustTool(['feature', 'new', NAME, '--diff'], { cwd });
    assert.match(stdout, /^\+.*NotesModule/m);
    await workshop.mustTool(['feature', 'new', 'users'], { cwd, code: 2 });
    await workshop.mustTool(['feature', 'new', 'sign-up'], { cwd, code: 3 });
    await workshop.mustTool(['feature', 'new', NAME], { cwd: folder, code: 1 });
    mustBeSame(before, snapshot(cwd), 'something was written');
  });
  const isThere = await say('feature new, by our command and by Plop', async () => {
    const { stdout } = await workshop.mustTool(['feature', 'new', NAME, '--json'], { cwd });
    const { created, changed } = JSON.parse(stdout);
    assert.equal(created.length, 10);
    assert.ok(created.includes(spec(NAME)));
    assert.deepEqual(changed, ['src/authentication/authentication.module.ts']);
    const plop = ['--plopfile', join(workshop.toolRoot, 'plopfile.js'), '--dest', cwd, '--force'];
    await must(join(workshop.bin, '../plop'), [...plop, 'feature', LONG_NAME], { cwd });
    const root = readFileSync(join(cwd, changed[0]), 'utf8');
    assert.match(root, /NotesModule,\s*CustomerSatisfactionSurveysModule,?\s*\]/);
    const once = snapshot(cwd);
    await workshop.mustTool(['feature', 'new', NAME, '--force'], { cwd, code: 3 });
    mustBeSame(once, snapshot(cwd), 'the second run changed something');
  });
  if (!isThere) return;
  await say('type check', () => bin('tsc', '--noEmit'));
  const made = [NAME, LONG_NAME].flatMap((each) => [`src/authentication/features/${each}`, spec(each)]);
  await say('lint', () => bin('eslint', '--max-warnings', '0', 'src/authentication/*.ts', ...made));
  await say('format', () => bin('prettier', '--check', 'src/authentication/*.ts', ...made));
  await say('its spec; entities and migrations agree', () =>
    must('npm', ['run', script, '--', ...SPECS], { cwd, minutes: 4 }),
  );
}

/** The packages of both projects. */
function unionOf(folder) {
  const manifests = PROJECTS.map(({ folder: name }) =>
    JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')),
  );
  const dependencies = Object.assign(
    {},
    ...manifests.map((each) => ({ ...each.devDependencies, ...each.dependencies })),
  );
  return { name: 'both', private: true, dependencies };
}

/** The parts that matter here of a CommonJS project as `nest new` makes it. */
const THEIRS = {
  'package.json': `${JSON.stringify(
    {
      name: 'theirs',
      private: true,
      scripts: { test: 'vitest run' },
      dependencies: {
        '@nestjs/common': '^12.0.0',
        '@nestjs/core': '^12.0.0',
        '@nestjs/platform-express': '^12.0.0',
        'reflect-metadata': '^0.2.2',
        rxjs: '^7.8.1',
      },
      devDependencies: { prettier: '^3.0.0', typescript: '~6.0.3', vitest: '^4.1.9' },
    },
    null,
    2,
  )}\n`,
  '.prettierrc': '{ "singleQuote": true, "trailingComma": "all" }\n',
  'nest-cli.json': '{ "collection": "@nestjs/schematics", "sourceRoot": "src" }\n',
  'tsconfig.json': `${JSON.stringify(
    {
      compilerOptions: {
        module: 'nodenext',
        target: 'es2023',
        strict: true,
        strictPropertyInitialization: false,
        emitDecoratorMetadata: true,
        experimentalDecorators: true,
        esModuleInterop: true,
        skipLibCheck: true,
        outDir: 'dist',
        types: ['node', 'vitest/globals'],
      },
      include: ['src', 'test'],
    },
    null,
    2,
  )}\n`,
  'src/main.ts': `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(3000);
}
void bootstrap();
`,
  'src/app.module.ts': `import { Module } from '@nestjs/common';

@Module({
  imports: [],
})
export class AppModule {}
`,
};
