import type { Choices } from './choices.js';
import type { ComposedFile } from './compose.js';
import type { PackageTree } from './package-tree.js';
import { importsOf, packageOf } from './transforms/imports.js';
import { versionOf } from './versions.js';

/** `@scarf/scarf`, a part of `@nestjs/swagger`, reports every installation unless the root package.json disables it. */
export const SCARF_SETTINGS = { enabled: false };

export interface NeededPackages {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

const RUNNER: Readonly<Record<Choices['testRunner'], readonly string[]>> = {
  jest: ['jest', '@swc/core', '@swc/jest', '@types/jest'],
  vitest: ['vitest'],
};
/** Nest needs them at run time, even if no file imports them. */
const ALWAYS = ['reflect-metadata', 'rxjs'];

/** The packages that the files import, with the versions of our own package.json: no list is kept by hand. */
export function neededPackages(
  files: readonly ComposedFile[],
  choices: Choices,
  { packageJson }: PackageTree,
): NeededPackages {
  const own = { ...packageJson.devDependencies, ...packageJson.dependencies };
  const isTest = ({ to }: ComposedFile): boolean =>
    to.startsWith(`${choices.testPath}/`) || !to.includes('/');
  const running = new Set([
    ...ALWAYS,
    `@nestjs/platform-${choices.adapter}`,
    ...importedBy(files.filter((file) => !isTest(file))),
  ]);
  const testing = new Set([
    ...importedBy(files.filter(isTest)),
    ...(choices.specs === 'none' ? [] : RUNNER[choices.testRunner]),
    '@types/node',
  ]);
  const typed = [...running, ...testing].map((name) => `@types/${name.replace('@', '').replace('/', '__')}`);
  for (const name of typed) if (name in own) testing.add(name);
  const ranges = (names: Iterable<string>): Record<string, string> =>
    Object.fromEntries([...names].sort().map((name) => [name, rangeOf(name, choices, own)]));
  return {
    dependencies: ranges(running),
    devDependencies: ranges([...testing].filter((name) => !running.has(name))),
  };
}

function importedBy(files: readonly ComposedFile[]): string[] {
  return files
    .filter(({ to }) => /\.m?[jt]s$/.test(to))
    .flatMap(({ text }) => importsOf(text))
    .flatMap(({ specifier }) => packageOf(specifier) ?? []);
}

function rangeOf(name: string, { nest }: Choices, own: Readonly<Record<string, string>>): string {
  const range = versionOf(name, nest, own);
  if (range === undefined) throw new Error(`package.json names no version of ${name}`);
  return range;
}
