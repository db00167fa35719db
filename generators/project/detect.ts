import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { SyntaxKind, ts, type SourceFile } from 'ts-morph';
import type { Adapter, ModuleSystem, PackageManager, TestRunner } from '../choices.js';
import { Conflicting, Failure } from '../failure.js';
import { syntaxOf, withoutBom } from '../transforms/syntax.js';
import { findUpwards, installedVersion, majorOf, readIfThere, readJson } from './files.js';
import { routesOf, type Route } from './routes.js';

/** What was found in an existing project. Paths are POSIX paths, relative to the project. */
export interface ProjectFacts {
  name: string;
  nest: number;
  module: ModuleSystem;
  adapter: Adapter;
  /** null: none was found */
  testRunner: TestRunner | null;
  packageManager: PackageManager;
  sourceRoot: string;
  /** folder of the application in a monorepo, else '' */
  applicationRoot: string;
  entry: string | null;
  rootModule: string | null;
  /** the literal argument of `setGlobalPrefix`, else '' */
  globalPrefix: string;
  routes: readonly (Route & { file: string })[];
  typeorm: string | null;
  aliases: readonly string[];
  strict: boolean;
  formatter: 'prettier' | 'biome' | null;
  tsconfig: string | null;
  /** version ranges by package name */
  packages: Readonly<Record<string, string>>;
  ownParser: boolean;
}

const LOCKFILES: readonly [string, PackageManager][] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
];

/** @throws Failure if the folder is not a Nest project */
export function detect(directory: string, project: string | null = null): ProjectFacts {
  const packageJson = packageJsonOf(directory);
  const packages = packagesOf(packageJson);
  const { sourceRoot, applicationRoot, entryFile } = application(directory, project);
  const entry = [`${sourceRoot}/${entryFile}.ts`].find((path) => existsSync(join(directory, path))) ?? null;
  const main = entry === null ? null : syntaxOf(sourceText(directory, entry));
  const tsconfig = tsconfigOf(directory, applicationRoot);
  const options = compilerOptions(directory, tsconfig);
  return {
    name: typeof packageJson['name'] === 'string' ? packageJson['name'] : 'app',
    nest: nestMajor(directory, packages),
    module: packageJson['type'] === 'module' ? 'esm' : 'cjs',
    adapter: adapterOf(main, packages),
    testRunner: testRunnerOf(packageJson, packages),
    packageManager: packageManagerOf(directory, packageJson),
    sourceRoot,
    applicationRoot,
    entry,
    rootModule: rootModuleOf(directory, sourceRoot, entry, main),
    globalPrefix: main === null ? '' : globalPrefixOf(main),
    routes: routesIn(directory, sourceRoot),
    typeorm: installedVersion(directory, 'typeorm') ?? packages['typeorm'] ?? null,
    aliases: Object.keys(options.paths ?? {}),
    strict: options.strict === true,
    formatter: formatterOf(directory, packages),
    tsconfig,
    packages,
    ownParser: main === null || !/bodyParser\s*:\s*false/.test(main.getFullText()),
  };
}

function packageJsonOf(directory: string): Record<string, unknown> {
  if (!existsSync(join(directory, 'package.json'))) {
    throw new Failure(
      `There is no package.json in ${directory}. Run this in a project, or create one with "new DIR".`,
    );
  }
  try {
    const value: unknown = JSON.parse(withoutBom(readFileSync(join(directory, 'package.json'), 'utf8')).body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Reported below.
  }
  throw new Failure(
    'package.json is not a JSON object; comments are not allowed in it. Nothing was written.',
  );
}

function packagesOf(packageJson: Record<string, unknown>): Record<string, string> {
  return ['peerDependencies', 'devDependencies', 'dependencies'].reduce<Record<string, string>>(
    (all, key) => ({ ...all, ...(packageJson[key] as Record<string, string> | undefined) }),
    {},
  );
}

function nestMajor(directory: string, packages: Readonly<Record<string, string>>): number {
  const version = installedVersion(directory, '@nestjs/core') ?? packages['@nestjs/core'];
  if (version === undefined) {
    throw new Failure(
      'This is not a Nest project: package.json does not list @nestjs/core. Nothing was written.',
    );
  }
  const major = majorOf(version);
  if (major !== 11 && major !== 12) {
    throw new Conflicting(
      `Nest ${version} is not supported; 11 and 12 are. Nothing was written. Upgrade first (https://docs.nestjs.com/migration-guide).`,
    );
  }
  return major;
}

interface Application {
  sourceRoot: string;
  applicationRoot: string;
  entryFile: string;
}

/** nest-cli.json says where the source of each application is. */
function application(directory: string, wanted: string | null): Application {
  const config = readJson(join(directory, 'nest-cli.json')) ?? {};
  const projects = (config['projects'] ?? {}) as Record<string, Record<string, unknown>>;
  const applications = Object.entries(projects).filter(([, { type }]) => type === 'application');
  const root = applications.find(([, project]) => project['root'] === config['root']);
  const named = wanted === null ? root : applications.find(([name]) => name === wanted);
  if (wanted !== null && named === undefined) {
    const names = applications.map(([name]) => name).join(', ');
    throw new Failure(
      `--project ${wanted}: nest-cli.json has no such application${names === '' ? '' : `; it has ${names}`}. Nothing was written.`,
    );
  }
  const chosen = named?.[1] ?? config;
  const applicationRoot = textOf(named === undefined ? '' : chosen['root'], '');
  return {
    applicationRoot,
    sourceRoot: textOf(chosen['sourceRoot'], applicationRoot === '' ? 'src' : `${applicationRoot}/src`),
    entryFile: textOf(chosen['entryFile'] ?? config['entryFile'], 'main'),
  };
}

function textOf(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value.replace(/^\.\//, '').replace(/\/+$/, '') : fallback;
}

function adapterOf(main: SourceFile | null, packages: Readonly<Record<string, string>>): Adapter {
  const text = main?.getFullText() ?? '';
  if (text.includes('FastifyAdapter')) return 'fastify';
  if ('@nestjs/platform-express' in packages) return 'express';
  return '@nestjs/platform-fastify' in packages ? 'fastify' : 'express';
}

function testRunnerOf(
  packageJson: Record<string, unknown>,
  packages: Readonly<Record<string, string>>,
): TestRunner | null {
  const scripts = Object.values((packageJson['scripts'] ?? {}) as Record<string, string>).join('\n');
  if (/\bvitest\b/.test(scripts) && 'vitest' in packages) return 'vitest';
  if (/\bjest\b/.test(scripts) && 'jest' in packages) return 'jest';
  return 'jest' in packages ? 'jest' : 'vitest' in packages ? 'vitest' : null;
}

function packageManagerOf(directory: string, packageJson: Record<string, unknown>): PackageManager {
  const path = findUpwards(
    directory,
    LOCKFILES.map(([file]) => file),
  );
  const locked = LOCKFILES.find(([file]) => path?.endsWith(file))?.[1];
  const [, declared] = /^(npm|pnpm|yarn)@/.exec(textOf(packageJson['packageManager'], '')) ?? [];
  const isOwn = path !== null && dirname(path) === directory;
  return (isOwn ? locked : undefined) ?? (declared as PackageManager | undefined) ?? locked ?? 'npm';
}

function rootModuleOf(
  directory: string,
  sourceRoot: string,
  entry: string | null,
  main: SourceFile | null,
): string | null {
  const created = main
    ?.getDescendantsOfKind(SyntaxKind.CallExpression)
    .find((call) => /NestFactory\s*\.\s*create\w*$/.test(call.getExpression().getText()))
    ?.getArguments()[0]
    ?.getText();
  const specifier = main
    ?.getImportDeclarations()
    .find((declaration) => declaration.getNamedImports().some((named) => named.getName() === created))
    ?.getModuleSpecifierValue();
  const candidates = [
    ...(specifier?.startsWith('.') === true && entry !== null
      ? [`${posix.join(posix.dirname(entry), specifier).replace(/\.js$/, '')}.ts`]
      : []),
    `${sourceRoot}/app.module.ts`,
  ];
  return candidates.find((path) => existsSync(join(directory, path))) ?? null;
}

function globalPrefixOf(main: SourceFile): string {
  const argument = main
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .find((call) => call.getExpression().getText().endsWith('.setGlobalPrefix'))
    ?.getArguments()[0]
    ?.asKind(SyntaxKind.StringLiteral);
  return (argument?.getLiteralText() ?? '').replace(/^\/+|\/+$/g, '');
}

function routesIn(directory: string, sourceRoot: string): (Route & { file: string })[] {
  if (!existsSync(join(directory, sourceRoot))) return [];
  return readdirSync(join(directory, sourceRoot), { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && entry.name.endsWith('.ts') && !/\.(d|spec|test)\.ts$/.test(entry.name),
    )
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !file.includes('node_modules/'))
    .flatMap((file) => routesOf(sourceText(directory, file)).map((route) => ({ ...route, file })));
}

function tsconfigOf(directory: string, applicationRoot: string): string | null {
  const names = [
    posix.join(applicationRoot, 'tsconfig.app.json'),
    posix.join(applicationRoot, 'tsconfig.json'),
  ];
  return [...names, 'tsconfig.json'].find((name) => existsSync(join(directory, name))) ?? null;
}

/** Includes the options of the files that it extends. */
function compilerOptions(directory: string, tsconfig: string | null): ts.CompilerOptions {
  if (tsconfig === null) return {};
  const path = join(directory, tsconfig);
  const host = { ...ts.sys, readDirectory: () => [] };
  return ts.parseJsonConfigFileContent(readJson(path) ?? {}, host, dirname(path)).options;
}

function formatterOf(
  directory: string,
  packages: Readonly<Record<string, string>>,
): ProjectFacts['formatter'] {
  if ('prettier' in packages) return 'prettier';
  return '@biomejs/biome' in packages || existsSync(join(directory, 'biome.json')) ? 'biome' : null;
}

function sourceText(directory: string, path: string): string {
  return withoutBom(readIfThere(join(directory, path)) ?? '').body;
}
