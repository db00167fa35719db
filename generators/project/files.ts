import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, resolve, sep } from 'node:path';
import { parse } from 'jsonc-parser';
import { withoutBom } from '../transforms/syntax.js';

const SKIPPED = new Set(['node_modules', 'dist', 'tmp', 'coverage']);

export function readIfThere(path: string): string | null {
  return existsSync(path) && statSync(path).isFile() ? readFileSync(path, 'utf8') : null;
}

/** Reads JSON that may have comments and trailing commas, as tsconfig.json may. */
export function readJson(path: string): Record<string, unknown> | null {
  const text = readIfThere(path);
  if (text === null) return null;
  const value: unknown = parse(withoutBom(text).body, [], { allowTrailingComma: true });
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}

/** Looks for these names in a directory, then in each directory above it. */
export function findUpwards(directory: string, names: readonly string[]): string | null {
  for (let current = resolve(directory); ; current = dirname(current)) {
    const found = names.map((name) => join(current, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (dirname(current) === current) return null;
  }
}

/** The installed version of a package, found from a directory as Node finds it. */
export function installedVersion(directory: string, name: string): string | null {
  const path = findUpwards(directory, [`node_modules/${name}/package.json`]);
  const version = path === null ? undefined : readJson(path)?.['version'];
  return typeof version === 'string' ? version : null;
}

/** The major version of a version or a range: 12 for `^12.0.1`. */
export function majorOf(range: string): number | null {
  const [, major] = /(\d+)/.exec(range) ?? [];
  return major === undefined ? null : Number(major);
}

/** The folders in a directory, as POSIX paths relative to it, three levels deep, without those of packages and builds. */
export function foldersIn(directory: string, parent = '', depth = 3): string[] {
  if (depth === 0 || !existsSync(join(directory, parent))) return [];
  return readdirSync(join(directory, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED.has(entry.name))
    .flatMap(({ name }) => {
      const folder = posix.join(parent, name);
      return [folder, ...foldersIn(directory, folder, depth - 1)];
    });
}

/** All files beneath a folder of the project, as POSIX paths relative to the project. */
export function filesBeneath(target: string, path: string): string[] {
  return readdirSync(join(target, path), { recursive: true, encoding: 'utf8' }).map((file) =>
    posix.join(path, file.split(sep).join('/')),
  );
}
