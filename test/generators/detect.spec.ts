import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detect, type ProjectFacts } from '../../generators/project/detect.js';
import { writeFiles } from './host.js';

type Files = Record<string, string>;

const MAIN = `import { NestFactory } from '@nestjs/core';
import { ShopModule } from './shop.module';
async function start() {
  const app = await NestFactory.create(ShopModule);
  app.setGlobalPrefix('/api/');
  await app.listen(3000);
}
void start();
`;
const FILES: Files = {
  'package.json': JSON.stringify({
    name: 'shop',
    scripts: { test: 'jest' },
    dependencies: { '@nestjs/core': '^11.0.1', '@nestjs/platform-express': '^11.0.1' },
    devDependencies: { jest: '^30.0.0' },
  }),
  'nest-cli.json': '{ "sourceRoot": "src" } // as Nest made it',
  'tsconfig.json':
    '{ "extends": "./tsconfig.base.json", "compilerOptions": { "paths": { "@shop/*": ["src/*"] } } }',
  'tsconfig.base.json': '{ "compilerOptions": { "strict": true, }, }',
  'src/main.ts': MAIN,
  'src/shop.module.ts': 'export class ShopModule {}\n',
  'src/cats.controller.ts': "@Controller('cats') export class Cats { @Get(':id') show() {} }\n",
};

describe('an existing project', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'detect-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const facts = (changes: Files = {}, project: string | null = null): ProjectFacts => {
    writeFiles(folder, { ...FILES, ...changes });
    return detect(folder, project);
  };
  const packageJson = (value: object): Files => ({ 'package.json': JSON.stringify(value) });
  const nest = { '@nestjs/core': '^12.0.1' };

  it('is read from its files', () => {
    expect(facts()).toMatchObject({
      name: 'shop',
      nest: 11,
      module: 'cjs',
      adapter: 'express',
      testRunner: 'jest',
      packageManager: 'npm',
      sourceRoot: 'src',
      entry: 'src/main.ts',
      rootModule: 'src/shop.module.ts',
      globalPrefix: { value: 'api', unread: null },
      routes: [{ method: 'GET', path: '/cats/:id', file: 'src/cats.controller.ts' }],
      typeorm: null,
      aliases: ['@shop/*'],
      strict: true,
    });
  });

  it.each([
    ['{}', '^5.9.0', false],
    [
      '{ "compilerOptions": { "module": "commonjs", "allowSyntheticDefaultImports": true } }',
      '^5.9.0',
      false,
    ],
    ['{ "compilerOptions": { "module": "nodenext" } }', '^5.9.0', true],
    ['{ "compilerOptions": { "esModuleInterop": true } }', '^5.9.0', true],
    ['{ "compilerOptions": { "module": "commonjs" } }', '^6.0.3', true],
  ])('knows whether default imports work: %s with TypeScript %s', (tsconfig, typescript, works) => {
    const files = packageJson({ dependencies: nest, devDependencies: { typescript } });
    expect(facts({ ...files, 'tsconfig.json': tsconfig })).toMatchObject({ esModuleInterop: works });
  });

  it('has the compiler options of every tsconfig that its own extends', () => {
    const tsconfig = '{ "extends": ["./tsconfig.base.json", "./paths", "@shop/tsconfig"] } // as a list';
    const files: Files = {
      'tsconfig.json': tsconfig,
      'paths.json': '{ "compilerOptions": { "paths": { "~/*": ["./src/*"] } } }',
      'node_modules/@shop/tsconfig/tsconfig.json': '{ "compilerOptions": { "strict": false } }',
    };
    expect(facts(files)).toMatchObject({ aliases: ['~/*'], strict: false });
  });

  it('has the installed version of Nest, whatever the range in package.json is', () => {
    expect(facts({ 'node_modules/@nestjs/core/package.json': '{ "version": "12.3.4" }' }).nest).toBe(12);
  });

  it('uses ES modules if package.json says so', () => {
    expect(facts(packageJson({ type: 'module', dependencies: nest })).module).toBe('esm');
  });

  it('runs on the adapter that main.ts creates, even if both are installed', () => {
    const main = MAIN.replace('create(ShopModule)', 'create(ShopModule, new FastifyAdapter())');
    expect(facts({ 'src/main.ts': main }).adapter).toBe('fastify');
    expect(
      facts(packageJson({ dependencies: { ...nest, '@nestjs/platform-fastify': '^12.0.0' } })).adapter,
    ).toBe('fastify');
  });

  it('is tested with the test runner of its scripts', () => {
    const packages = { ...nest, jest: '^30.0.0', vitest: '^4.0.0' };
    const runnerOf = (scripts: object): unknown =>
      facts(packageJson({ scripts, dependencies: packages })).testRunner;
    expect(runnerOf({ test: 'vitest run' })).toBe('vitest');
    expect(runnerOf({ test: 'jest' })).toBe('jest');
    expect(facts(packageJson({ dependencies: nest })).testRunner).toBeNull();
  });

  it('is installed with the package manager of its lock file rather than the declared one', () => {
    const declared = { packageManager: 'yarn@4.0.0', dependencies: nest };
    expect(facts(packageJson(declared)).packageManager).toBe('yarn');
    expect(facts({ ...packageJson(declared), 'pnpm-lock.yaml': '' }).packageManager).toBe('pnpm');
  });

  it('may be one application of a monorepo', () => {
    const application = (name: string) => ({
      type: 'application',
      root: `apps/${name}`,
      sourceRoot: `apps/${name}/src`,
    });
    const monorepo: Files = {
      'nest-cli.json': JSON.stringify({
        root: 'apps/web',
        projects: { web: application('web'), api: application('api'), shared: { type: 'library' } },
      }),
      'apps/web/src/main.ts': MAIN,
      'apps/api/src/main.ts': MAIN,
      'apps/api/src/shop.module.ts': '',
    };
    expect(facts(monorepo)).toMatchObject({ sourceRoot: 'apps/web/src', rootModule: null });
    expect(facts(monorepo, 'api')).toMatchObject({
      applicationRoot: 'apps/api',
      sourceRoot: 'apps/api/src',
      rootModule: 'apps/api/src/shop.module.ts',
    });
    expect(() => facts(monorepo, 'shared')).toThrow('web, api');
  });

  it('is refused if it does not use Nest, or another major version of it', () => {
    expect(() => facts(packageJson({ dependencies: { express: '^5.0.0' } }))).toThrow('not a Nest project');
    expect(() => facts(packageJson({ dependencies: { '@nestjs/core': '^10.0.0' } }))).toThrow(
      '11 and 12 are',
    );
    for (const text of ['{', '[]', `${FILES['package.json'] ?? ''} // npm refuses comments`])
      expect(() => facts({ 'package.json': text })).toThrow('not a JSON object');
    rmSync(join(folder, 'package.json'));
    expect(() => detect(folder)).toThrow('no package.json');
  });

  it('may have files with a BOM', () => {
    const text = FILES['package.json'] ?? '';
    expect(
      facts({ 'package.json': `\uFEFF${text}`, 'src/main.ts': `\uFEFF${MAIN}` }).globalPrefix.value,
    ).toBe('api');
  });

  describe('in the wrong folder', () => {
    const NX: Files = {
      'package.json': JSON.stringify({ devDependencies: nest }),
      'nx.json': '{}',
      'tsconfig.base.json': '{}',
      'apps/api/project.json': '{ "name": "api", "sourceRoot": "apps/api/src" }',
      'apps/api/src/main.ts': MAIN,
      'apps/api/src/shop.module.ts': 'export class ShopModule {}\n',
      'apps/api/tsconfig.app.json': '{ "compilerOptions": { "strict": true } }',
      'libs/models/project.json': '{ "name": "models" }',
      'libs/models/src/index.ts': '',
    };
    const at = (place: string, files: Files, project: string | null = null): ProjectFacts => {
      writeFiles(folder, files);
      return detect(join(folder, place), project);
    };

    it('finds the only application of an Nx workspace', () => {
      expect(at('.', NX)).toMatchObject({
        project: 'api',
        applications: ['api'],
        sourceRoot: 'apps/api/src',
        applicationRoot: 'apps/api',
        rootModule: 'apps/api/src/shop.module.ts',
        tsconfig: 'apps/api/tsconfig.app.json',
        strict: true,
      });
    });

    it('asks which one of several applications is meant', () => {
      const two = {
        ...NX,
        'apps/shop/package.json': '{ "name": "@acme/shop" }',
        'apps/shop/src/main.ts': MAIN,
      };
      expect(() => at('.', two)).toThrow('add --project NAME (api, @acme/shop)');
      expect(at('.', two, '@acme/shop')).toMatchObject({
        sourceRoot: 'apps/shop/src',
        project: '@acme/shop',
      });
      expect(() => at('.', two, 'shop')).toThrow(
        '--project shop: the Nx workspace has no such application; it has api, @acme/shop',
      );
    });

    it('names the workspace if it runs in the folder of an application', () => {
      expect(() => at('apps/api', NX)).toThrow(
        /cd \.\.\/\.\. && nest-authentication-zero add --project api$/,
      );
      expect(() => at('libs/models/src', NX)).toThrow(/cd \.\.\/\.\.\/\.\. && nest-authentication-zero add$/);
      const monorepo: Files = {
        'package.json': JSON.stringify({ dependencies: nest }),
        'nest-cli.json':
          '{ "root": "apps/a", "projects": { "a": { "type": "application", "root": "apps/a" }, "b": { "type": "application", "root": "apps/b" } } }',
        'apps/b/src/main.ts': MAIN,
      };
      rmSync(join(folder, 'nx.json'));
      expect(() => at('apps/b/src', monorepo)).toThrow(/add --project b$/);
    });

    it('names the packages of a workspace that use Nest', () => {
      const files: Files = {
        'package.json': '{ "private": true, "workspaces": ["packages/*"] }',
        'packages/api/package.json': JSON.stringify({ dependencies: nest }),
        'packages/web/package.json': '{}',
        'packages/api/node_modules/x/package.json': JSON.stringify({ dependencies: nest }),
      };
      expect(() => at('.', files)).toThrow(/:\n {2}cd packages\/api && nest-authentication-zero add$/);
    });

    it('refuses JavaScript, and a source folder that is not there', () => {
      const javascript = { 'package.json': JSON.stringify({ dependencies: nest }), 'src/main.js': '' };
      expect(() => at('.', javascript)).toThrow(/written in JavaScript/);
      rmSync(join(folder, 'src'), { recursive: true });
      expect(() => at('.', {})).toThrow(/The folder src does not exist/);
    });

    it('says what is missing elsewhere', () => {
      expect(() => at('.', {})).toThrow(/There is no package\.json in/);
      expect(() => at('.', { 'package.json': '{}' })).toThrow(/not a Nest project/);
    });
  });
});
