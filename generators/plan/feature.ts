import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Choices } from '../choices.js';
import { fitted } from '../compose.js';
import { Failure } from '../failure.js';
import { FEATURES } from '../features/index.js';
import { MANIFEST } from '../manifest.js';
import type { PackageTree } from '../package-tree.js';
import { tsconfigOf } from '../project/compiler.js';
import { filesBeneath, readIfThere } from '../project/files.js';
import { projectsFormat } from '../project/formatter.js';
import { routesOf, withPrefix, type Route } from '../project/routes.js';
import { camelCase, pascalCase, snakeCase, type SkeletonNames } from '../skeleton/names.js';
import { skeletonFiles, skeletonManifest } from '../skeleton/skeleton.js';
import { withListed } from '../transforms/feature-list.js';
import { importsOf } from '../transforms/imports.js';
import type { Imported } from '../transforms/insert.js';
import {
  refuseOccupied,
  refuseTakenIdentifiers,
  refuseTakenName,
  refuseTakenRoutes,
  refuseTakenTable,
} from './feature-refusals.js';
import { readManifest, type FactRow, type Paste, type Plan, type PlannedFile } from './plan.js';

const ROOT = 'authentication.module.ts';
const REPOSITORY_LIST = 'generators/features/index.ts';

/**
 * Plans the skeleton of a feature and its entry in the composition root. The files belong to the owner at once, so the
 * manifest does not list them.
 * @throws WrongUsage, Conflicting, and Failure if the source is missing
 */
export async function planFeature(tree: PackageTree, target: string, names: SkeletonNames): Promise<Plan> {
  const isOurs = isRepository(tree, target);
  const choices = choicesAt(target, isOurs);
  refuseTakenName(target, choices, names);
  const timestamp = nextTimestamp(target, choices, isOurs);
  const rendered = skeletonFiles(tree, names, timestamp, choices.specs);
  const files = rendered.map(({ path, text }) => fitted(path, text, choices));
  const created = [
    ...files.map(({ to, text }) => ({ path: to, before: null, after: text })),
    ...(isOurs ? [manifestFile(tree, names)] : []),
  ];
  refuseOccupied(target, choices, names, created);
  refuseTakenIdentifiers(rendered, names);
  refuseTakenTable(target, choices, names);
  const routes = withPrefix(
    files.flatMap(({ text }) => routesOf(text)),
    choices.routePrefix,
  );
  refuseTakenRoutes(target, choices, routes);
  const lists = [
    withEntry(target, `${choices.path}/${ROOT}`, entryOf(names, choices)),
    ...(isOurs ? [withEntry(target, REPOSITORY_LIST, manifestEntryOf(names))] : []),
  ];
  const edited = lists.flatMap(({ file }) => (file === null ? [] : [file]));
  return {
    target,
    choices,
    facts: factsOf(names, routes, timestamp),
    files: await formatted(target, [...created, ...edited]),
    kept: [],
    conflicts: [],
    overwritten: [],
    tsconfig: tsconfigOf(target, posix.dirname(choices.testPath)),
    paste: lists.flatMap(({ paste }) => (paste === null ? [] : [paste])),
    notes: [
      'The migration creates the table at the next start.',
      ...(choices.specs === 'none'
        ? [
            'This project was made with --specs none, so no spec was written. "add --specs contract" brings what a spec needs.',
          ]
        : []),
    ],
  };
}

function manifestFile(tree: PackageTree, names: SkeletonNames): PlannedFile {
  const { path, text } = skeletonManifest(tree, names);
  return { path, before: null, after: text };
}

/** Whether the target is our own repository, where the generator offers the new feature, too. */
function isRepository(tree: PackageTree, target: string): boolean {
  return join(target, '/') === join(tree.root, '/') && existsSync(join(target, REPOSITORY_LIST));
}

/** The choices of the earlier run. The suffix of imports is read from the source: the owner may have changed it. */
function choicesAt(target: string, isOurs: boolean): Choices {
  const manifest = readManifest((path) => readIfThere(join(target, path)));
  if (manifest === null && !isOurs) {
    throw new Failure(
      `There is no ${MANIFEST} in ${target}: run this in a project that "new" or "add" wrote into. Nothing was written.`,
    );
  }
  const choices: Choices =
    manifest === null
      ? ofRepository()
      : { ...manifest.options, features: featuresNamed(manifest.options.features) };
  const root = readIfThere(join(target, choices.path, ROOT));
  if (root === null) {
    throw new Failure(
      `${choices.path}/${ROOT} is missing, although ${MANIFEST} names this folder. Nothing was written.`,
    );
  }
  const relative = importsOf(root).filter(({ specifier }) => specifier.startsWith('.'));
  return { ...choices, module: relative.some(({ specifier }) => specifier.endsWith('.js')) ? 'esm' : 'cjs' };
}

function featuresNamed(names: readonly string[]): Choices['features'] {
  return FEATURES.filter(({ name }) => names.includes(name));
}

function ofRepository(): Choices {
  return {
    command: 'new',
    name: 'nest-authentication-zero',
    features: FEATURES,
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
}

/** Later than every existing migration. In our repository timestamps are multiples of the step. */
function nextTimestamp(target: string, { path }: Choices, isOurs: boolean): number {
  const latest = filesBeneath(target, path)
    .map((file) => Number(/\/migrations\/(\d{13})-[^/]*\.ts$/.exec(file)?.[1] ?? 0))
    .reduce((a, b) => Math.max(a, b), 0);
  const step = 100_000;
  return isOurs ? (Math.floor(latest / step) + 1) * step : Math.max(Date.now(), latest + 1);
}

function entryOf({ plural }: SkeletonNames, { module }: Choices): Imported {
  const suffix = module === 'esm' ? '.js' : '';
  return {
    name: `${pascalCase(plural)}Module`,
    specifier: `./features/${plural}/${plural}.module${suffix}`,
  };
}

function manifestEntryOf({ plural }: SkeletonNames): Imported {
  return { name: camelCase(plural), specifier: `./${plural}.js` };
}

function withEntry(
  target: string,
  path: string,
  entry: Imported,
): { file: PlannedFile | null; paste: Paste | null } {
  const before = readIfThere(join(target, path)) ?? '';
  const result = withListed(before, 'FEATURES', entry);
  return result.kind === 'edited'
    ? { file: { path, before, after: result.text }, paste: null }
    : { file: null, paste: { path, reason: result.reason, lines: result.lines } };
}

async function formatted(target: string, files: readonly PlannedFile[]): Promise<PlannedFile[]> {
  const format = projectsFormat(target);
  const done: PlannedFile[] = [];
  for (const file of files) done.push({ ...file, after: await format(file.path, file.after) });
  return done;
}

function factsOf(
  { plural, singular }: SkeletonNames,
  routes: readonly Route[],
  timestamp: number,
): FactRow[] {
  const row = (fact: string, found: string, then: string, flag = ''): FactRow => ({
    fact,
    found,
    then,
    flag,
  });
  return [
    row('feature', plural, `class ${pascalCase(plural)}Module, in FEATURES`),
    row('singular', singular, `entity ${pascalCase(singular)}`, '--singular'),
    row('table', `authentication.${snakeCase(plural)}`, `${timestamp}-create-${plural}.ts`),
    ...routes.map(({ method, path }, index) => row(index === 0 ? 'routes' : '', `${method} ${path}`, '')),
  ];
}
