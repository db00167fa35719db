import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'jsonc-parser';
import { withoutBom } from '../transforms/syntax.js';

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
