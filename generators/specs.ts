import { posix } from 'node:path';
import type { PackageTree } from './package-tree.js';
import { importsOf } from './transforms/imports.js';

/** Which specs come into a project: every one, those of what must hold whatever the owner changes, or none. */
export type Specs = 'all' | 'contract' | 'none';

/** From fewer to more. */
export const SPECS: readonly Specs[] = ['none', 'contract', 'all'];

export const CONTRACT = 'test/authentication/contract';
/** What Jest and Vitest run before our specs. */
const SET_UP = [
  'test/support/environment.mjs',
  'test/support/global-setup.mjs',
  'test/support/global-teardown.mjs',
  'test/support/databases.mjs',
];

/** The chosen ones of the paths of our package that are in `test/`. */
export function chosenTests(paths: readonly string[], specs: Specs, tree: PackageTree): string[] {
  if (specs === 'all') return [...paths];
  const known = new Set(paths);
  const chosen = new Set<string>();
  const take = (path: string): void => {
    if (!known.has(path) || chosen.has(path)) return;
    chosen.add(path);
    for (const { specifier } of importsOf(tree.read(path)).filter((each) => each.specifier.startsWith('.')))
      take(posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts'));
  };
  if (specs === 'contract')
    [...paths.filter((path) => path.startsWith(`${CONTRACT}/`)), ...SET_UP].forEach(take);
  return paths.filter((path) => chosen.has(path));
}
