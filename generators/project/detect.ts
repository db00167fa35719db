import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Adapter, ModuleSystem, PackageManager, TestRunner } from '../choices.js';
import { syntaxOf, withoutBom } from '../transforms/syntax.js';
import { application } from './application.js';
import { aroundOf, type Around } from './around.js';
import { compilerOptions, hasInterop, tsconfigOf } from './compiler.js';
import { installedVersion, readIfThere } from './files.js';
import { globalPrefixOf, type GlobalPrefix } from './global-prefix.js';
import { adapterOf, hasOwnParser, rootModuleOf } from './main-file.js';
import { nestMajor, packageJsonOf, packagesOf } from './package-json.js';
import { refuseJavaScript, refuseWrongPlace } from './place.js';
import { routesOf, type Route } from './routes.js';
import { Sources } from './sources.js';
import { packageManagerOf, testRunnerOf } from './tools.js';

/** What was found in an existing project. Paths are POSIX paths, relative to the project. */
export interface ProjectFacts {
  name: string;
  nest: number;
  /** name of the application in a monorepo */
  project: string | null;
  /** every application of a monorepo */
  applications: readonly string[];
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
  globalPrefix: GlobalPrefix;
  around: Around;
  routes: readonly (Route & { file: string })[];
  typeorm: string | null;
  aliases: readonly string[];
  strict: boolean;
  /** whether `process.env.NAME` is a type error, and `process.env['NAME']` is needed */
  needsBrackets: boolean;
  esModuleInterop: boolean;
  tsconfig: string | null;
  /** version ranges by package name */
  packages: Readonly<Record<string, string>>;
  ownParser: boolean;
}

/** @throws Failure if the folder is not a Nest project */
export function detect(directory: string, project: string | null = null): ProjectFacts {
  refuseWrongPlace(directory);
  const packageJson = packageJsonOf(directory);
  const packages = packagesOf(packageJson);
  const nest = nestMajor(directory, packages);
  const { chosen, names: applications } = application(directory, project);
  const { name: applicationName, sourceRoot, applicationRoot, entryFile } = chosen;
  const entry = [`${sourceRoot}/${entryFile}.ts`].find((path) => existsSync(join(directory, path))) ?? null;
  const main = entry === null ? null : syntaxOf(sourceText(directory, entry));
  const sources = new Sources(directory, sourceRoot);
  const tsconfig = tsconfigOf(directory, applicationRoot);
  refuseJavaScript(directory, sourceRoot, tsconfig);
  const options = compilerOptions(directory, tsconfig);
  return {
    name: typeof packageJson['name'] === 'string' ? packageJson['name'] : 'app',
    nest,
    project: applicationName,
    applications,
    module: packageJson['type'] === 'module' ? 'esm' : 'cjs',
    adapter: adapterOf(main, packages),
    testRunner: testRunnerOf(packageJson, packages),
    packageManager: packageManagerOf(directory, packageJson),
    sourceRoot,
    applicationRoot,
    entry,
    rootModule: rootModuleOf(directory, sourceRoot, entry, main),
    globalPrefix: globalPrefixOf(sources, entry),
    around: aroundOf(sources),
    routes: sources.files.flatMap(({ path, text }) =>
      routesOf(text).map((route) => ({ ...route, file: path })),
    ),
    typeorm: installedVersion(directory, 'typeorm') ?? packages['typeorm'] ?? null,
    aliases: Object.keys(options.paths ?? {}),
    strict: options.strict === true,
    needsBrackets: options.noPropertyAccessFromIndexSignature === true,
    esModuleInterop: hasInterop(
      options,
      installedVersion(directory, 'typescript') ?? packages['typescript'] ?? null,
    ),
    tsconfig,
    packages,
    ownParser: hasOwnParser(main),
  };
}

function sourceText(directory: string, path: string): string {
  return withoutBom(readIfThere(join(directory, path)) ?? '').body;
}

/** The prefix that cannot be read, to ask for it. Null if it can be read, or if this is no project. */
export function unreadPrefix(directory: string, project: string | null): GlobalPrefix | null {
  try {
    const { sourceRoot, entryFile } = application(directory, project).chosen;
    const prefix = globalPrefixOf(new Sources(directory, sourceRoot), `${sourceRoot}/${entryFile}.ts`);
    return prefix.unread === null ? null : prefix;
  } catch {
    return null;
  }
}
