import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { ts } from 'ts-morph';
import { majorOf, readJson } from './files.js';

export function tsconfigOf(directory: string, applicationRoot: string): string | null {
  const names = [
    posix.join(applicationRoot, 'tsconfig.app.json'),
    posix.join(applicationRoot, 'tsconfig.json'),
  ];
  return (
    [...names, 'tsconfig.json', 'tsconfig.build.json'].find((name) => existsSync(join(directory, name))) ??
    null
  );
}

/** Includes the options of the files that it extends. */
export function compilerOptions(directory: string, tsconfig: string | null): ts.CompilerOptions {
  if (tsconfig === null) return {};
  const path = join(directory, tsconfig);
  const host = { ...ts.sys, readDirectory: () => [] };
  return ts.parseJsonConfigFileContent(readJson(path) ?? {}, host, dirname(path)).options;
}

/**
 * Whether `import X from` works for a CommonJS module.
 * @param version of the project's TypeScript: from 6 on the default is true; before, it depends on `module`
 */
export function hasInterop({ esModuleInterop, module }: ts.CompilerOptions, version: string | null): boolean {
  return (
    esModuleInterop ??
    ((majorOf(version ?? '') ?? 5) >= 6 || (module !== undefined && module >= ts.ModuleKind.Node16))
  );
}
