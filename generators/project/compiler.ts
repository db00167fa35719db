import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { ts } from 'ts-morph';
import { readJson } from './files.js';

export function tsconfigOf(directory: string, applicationRoot: string): string | null {
  const names = [
    posix.join(applicationRoot, 'tsconfig.app.json'),
    posix.join(applicationRoot, 'tsconfig.json'),
  ];
  return [...names, 'tsconfig.json'].find((name) => existsSync(join(directory, name))) ?? null;
}

/** Includes the options of the files that it extends. */
export function compilerOptions(directory: string, tsconfig: string | null): ts.CompilerOptions {
  if (tsconfig === null) return {};
  const path = join(directory, tsconfig);
  const host = { ...ts.sys, readDirectory: () => [] };
  return ts.parseJsonConfigFileContent(readJson(path) ?? {}, host, dirname(path)).options;
}
