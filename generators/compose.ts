import { posix } from 'node:path';
import type { Choices } from './choices.js';
import { FEATURES } from './features/index.js';
import type { FeatureManifest } from './features/feature.js';
import { hasherNamed, HASHERS } from './hashers.js';
import type { PackageTree } from './package-tree.js';
import { chosenTests } from './specs.js';
import {
  importsOf,
  relocated,
  withoutDefaultImports,
  withoutDynamicImports,
  withoutSuffix,
} from './transforms/imports.js';
import { relocatedLinks } from './transforms/links.js';
import { withHashing, withoutElements, withoutFeatures, withoutProperties } from './transforms/prune.js';
import { forVitest } from './transforms/test-runner.js';

/** A file that we write into a project. */
export interface ComposedFile {
  /** its path in our package; null for a generated file */
  from: string | null;
  to: string;
  text: string;
}

const SOURCE = 'src/authentication';
const PASSWORDS = `${SOURCE}/core/passwords`;
const JEST_ONLY = [
  'test/support/environment.mjs',
  'test/support/global-setup.mjs',
  'test/support/global-teardown.mjs',
];
/** Specs that check the documents or figures of this repository, or need the packages of GraphQL and WebSockets. */
const REPOSITORY_ONLY = [
  'test/host/coming-from.spec.ts',
  'test/host/contexts',
  'test/host/links.spec.ts',
  'test/host/map.spec.ts',
  'test/host/observability.spec.ts',
  'test/host/own-routes.spec.ts',
  'test/host/readme.spec.ts',
  'test/host/security-table.spec.ts',
  'test/host/sign-in-cost.spec.ts',
  'test/host/texts-files.spec.ts',
];
/** For the team that owns the code. The map links them. */
const DOCUMENTS = ['docs/in-your-application.md', 'docs/own-routes.md', 'docs/recipes.md'];
/** It needs a browser, which npm does not install. */
const BROWSER = 'playwright-core';
/** In an existing project our specs get another suffix, so that the project's own runner does not run them. */
const SPEC = '.spec.ts';
export const ADDED_SPEC = '.authentication-spec.ts';

/** The source and the specs of the chosen features, adapted to the target. */
export function composedSource(tree: PackageTree, choices: Choices, known = FEATURES): ComposedFile[] {
  const dropped = known.filter((feature) => !choices.features.includes(feature));
  return sourcePaths(tree, choices, dropped).map((from) => {
    const text = tree.read(from);
    return fitted(from, isSource(from) ? pruned(text, from, choices, dropped) : text, choices);
  });
}

/** A file adapted to the target: its path, the suffix of its imports, and the imports that its test runner needs. */
export function fitted(from: string, original: string, choices: Choices): ComposedFile {
  const place = (path: string): string => placeOf(path, choices);
  const to = place(from);
  if (from.endsWith('.md')) return { from, to, text: relocatedLinks(original, from, to, place) };
  if (!isSource(from)) return { from, to, text: original };
  let text = original;
  // In an existing project the support of the specs is in their folder.
  const isInOtherPlace = choices.command === 'add' && from.startsWith('test/');
  if (isInOtherPlace || choices.path !== SOURCE || choices.testPath !== 'test')
    text = relocated(text, from, to, place);
  if (choices.module === 'cjs') text = withoutSuffix(text);
  // A new project has a runner that reads them; an existing one may not.
  if (choices.module === 'cjs' && choices.command === 'add' && from.startsWith(`${SOURCE}/`))
    text = withoutDynamicImports(text);
  // Specs are compiled with our own settings.
  if (!choices.esModuleInterop && from.startsWith(`${SOURCE}/`)) text = withoutDefaultImports(text);
  if (choices.testRunner === 'vitest' && from.endsWith(SPEC)) text = forVitest(text);
  return { from, to, text };
}

function isSource(path: string): boolean {
  return /\.m?ts$/.test(path);
}

function sourcePaths(tree: PackageTree, choices: Choices, dropped: readonly FeatureManifest[]): string[] {
  const all =
    choices.command === 'new'
      ? [
          ...tree.list('src'),
          ...tree.list('test/authentication'),
          ...tree.list('test/support'),
          ...tree.list('test/host').filter((path) => !wantsBrowser(path, tree)),
        ]
      : [
          ...tree.list(SOURCE),
          ...tree.list('test/authentication'),
          ...tree.list('test/support').filter((path) => !reachesTheHost(path, tree)),
        ];
  const gone = [
    ...dropped.map(({ folder }) => `${SOURCE}/${folder}`),
    ...dropped.flatMap(({ specs }) => specs.map((spec) => `test/${spec}`)),
    `src/http/${choices.adapter === 'fastify' ? 'express' : 'fastify'}.adapter.ts`,
    ...HASHERS.filter(({ name }) => name !== choices.hasher).flatMap(({ file }) => [
      `${PASSWORDS}/${file}.ts`,
      `test/authentication/core/passwords/${file}.spec.ts`,
    ]),
    ...(choices.testRunner === 'vitest' ? JEST_ONLY : []),
    ...REPOSITORY_ONLY,
  ];
  const left = all.filter((path) => !gone.some((part) => path === part || path.startsWith(`${part}/`)));
  const isTest = (path: string): boolean => path.startsWith('test/');
  const tests = chosenTests(left.filter(isTest), choices.specs, tree);
  return [...left.filter((path) => !isTest(path)), ...tests, ...DOCUMENTS];
}

function wantsBrowser(path: string, tree: PackageTree): boolean {
  return importsOf(tree.read(path)).some(({ specifier }) => specifier === BROWSER);
}

/** The support files of test/host/ import the reference server, which is not copied into an existing project. */
function reachesTheHost(path: string, tree: PackageTree): boolean {
  return importsOf(tree.read(path)).some(({ specifier }) => {
    const target = posix.join(posix.dirname(path), specifier);
    return specifier.startsWith('.') && target.startsWith('src/') && !target.startsWith(`${SOURCE}/`);
  });
}

/** The path of a file in the target. Also takes import specifiers, which end in `.js`. */
function placeOf(path: string, { command, path: target, testPath }: Choices): string {
  if (path === SOURCE || path.startsWith(`${SOURCE}/`)) return target + path.slice(SOURCE.length);
  // An existing project may have documents of its own, and in a monorepo each application has its folder.
  if (command === 'add' && path.startsWith('docs/')) {
    return posix.join(posix.dirname(testPath), 'docs/authentication', posix.basename(path));
  }
  if (!path.startsWith('test/')) return path;
  if (command === 'new') return testPath + path.slice('test'.length);
  const moved = testPath + path.slice('test'.length).replace(/^\/support(?=\/)/, '/authentication/support');
  return moved.endsWith(SPEC) ? moved.slice(0, -SPEC.length) + ADDED_SPEC : moved;
}

function pruned(
  text: string,
  from: string,
  { adapter, hasher }: Choices,
  dropped: readonly FeatureManifest[],
): string {
  const other = adapter === 'fastify' ? 'express' : 'fastify';
  switch (from) {
    case `${SOURCE}/authentication.module.ts`:
      return withHashing(
        withoutFeatures(
          text,
          dropped.map(({ folder }) => folder),
        ),
        hasherNamed(hasher),
      );
    case 'src/config/variables.ts':
      return withoutProperties(
        text,
        'VARIABLES',
        dropped.flatMap(({ settings }) => settings),
      );
    case 'src/config/http-adapters.ts':
      return withoutElements(text, 'HTTP_ADAPTERS', [other]);
    case 'src/http/adapters.ts':
      return withoutProperties(text, 'ADAPTERS', [other]);
    default:
      return text;
  }
}
