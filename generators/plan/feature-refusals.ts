import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Choices } from '../choices.js';
import { Conflicting, WrongUsage } from '../failure.js';
import { FEATURES } from '../features/index.js';
import { detect } from '../project/detect.js';
import { filesBeneath, readIfThere } from '../project/files.js';
import { clashes, routesOf, withPrefix, type Route } from '../project/routes.js';
import { snakeCase, type SkeletonNames } from '../skeleton/names.js';
import type { SkeletonFile } from '../skeleton/skeleton.js';
import { syntaxOf } from '../transforms/syntax.js';
import type { PlannedFile } from './plan.js';

// What keeps `feature new` from writing: names, files, tables and routes that are there already.

export function refuseTakenName(target: string, { path }: Choices, { plural }: SkeletonNames): void {
  if (FEATURES.some(({ name }) => name === plural))
    throw new WrongUsage(`${plural} is one of our optional features: get it with "add --features ${plural}"`);
  const folders = readdirSync(join(target, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  if (folders.includes(plural)) {
    throw new WrongUsage(`${path}/${plural} exists already: take another name`);
  }
}

/** Refuses if the folder of the feature exists, or one of its files in another folder. */
export function refuseOccupied(
  target: string,
  { path }: Choices,
  { plural }: SkeletonNames,
  created: readonly PlannedFile[],
): void {
  const paths = [`${path}/features/${plural}`, ...created.map((file) => file.path)];
  const taken = paths.find((each) => existsSync(join(target, each)));
  if (taken !== undefined)
    throw new Conflicting(`${taken} exists already. Nothing was written. Take another name.`);
}

/** The names that the skeleton declares must differ from those that it imports: `users` would declare another `User`. */
export function refuseTakenIdentifiers(files: readonly SkeletonFile[], { plural }: SkeletonNames): void {
  const sources = files.filter(({ path }) => path.endsWith('.ts')).map(({ text }) => syntaxOf(text));
  const declared = new Set(sources.flatMap((source) => source.getClasses().map((each) => each.getName())));
  const imported = sources
    .flatMap((source) => source.getImportDeclarations())
    .filter((each) => !isOfFeature(each.getModuleSpecifierValue(), plural))
    .flatMap((each) => each.getNamedImports().map((named) => named.getName()));
  const both = imported.find((name) => declared.has(name));
  if (both !== undefined) {
    throw new WrongUsage(
      `${plural} would declare ${both}, which exists already: take another name, or set another singular with --singular`,
    );
  }
}

/** Whether a specifier leads to a file of the feature: `./x`, `../x.entity`, or the module that the spec imports. */
function isOfFeature(specifier: string, plural: string): boolean {
  return (
    specifier.startsWith('./') || /^\.\.\/[^./]/.test(specifier) || specifier.includes(`/features/${plural}/`)
  );
}

export function refuseTakenTable(target: string, { path }: Choices, { plural }: SkeletonNames): void {
  const table = snakeCase(plural);
  const pattern = new RegExp(`CREATE TABLE (?:IF NOT EXISTS )?authentication\\.${table}\\b`, 'i');
  const taken = filesBeneath(target, path)
    .filter((file) => file.endsWith('.ts'))
    .find((file) => pattern.test(readIfThere(join(target, file)) ?? ''));
  // No migration creates the table `migrations`: it records which of them ran.
  if (taken === undefined && table !== 'migrations') return;
  throw new WrongUsage(
    `There is a table authentication.${table} already${taken === undefined ? '' : ` (${taken})`}: take another name`,
  );
}

export function refuseTakenRoutes(target: string, choices: Choices, routes: readonly Route[]): void {
  const ours = filesBeneath(target, choices.path)
    .filter((file) => file.endsWith('.controller.ts'))
    .flatMap((file) => routesOf(readIfThere(join(target, file)) ?? ''));
  const theirs = detect(target, choices.project).routes;
  const both = clashes(routes, [...withPrefix(ours, choices.routePrefix), ...theirs]).map(
    ({ method, path }) => `${method} ${path}`,
  );
  if (both.length === 0) return;
  throw new Conflicting(
    `Your project has these routes already: ${both.join(', ')}. Nothing was written. Take another name.`,
  );
}
