import { existsSync, readdirSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import type { SourceFile } from 'ts-morph';
import { MANIFEST } from '../manifest.js';
import { syntaxOf, withoutBom } from '../transforms/syntax.js';
import { readIfThere, readJson } from './files.js';

/** A source file of the project. The path is a POSIX path, relative to the project. */
export interface Source {
  path: string;
  text: string;
}

/** The project's own source: without tests, and without what an earlier run of ours wrote. */
export class Sources {
  readonly files: readonly Source[];
  private readonly trees = new Map<string, SourceFile>();

  constructor(
    readonly directory: string,
    sourceRoot: string,
  ) {
    const ours = oursIn(directory);
    this.files = pathsIn(directory, sourceRoot)
      .filter((path) => ours === null || !path.startsWith(`${ours}/`))
      .map((path) => ({ path, text: textOf(directory, path) }));
  }

  /** The files whose text contains one of these words, which is faster than to parse all of them. */
  with(...words: readonly string[]): Source[] {
    return this.files.filter(({ text }) => words.some((word) => text.includes(word)));
  }

  syntax({ path, text }: Source): SourceFile {
    const known = this.trees.get(path) ?? syntaxOf(text);
    this.trees.set(path, known);
    return known;
  }

  /** The file that a relative import means; null if it is not a file of the project. */
  imported(from: string, specifier: string): Source | null {
    if (!specifier.startsWith('.')) return null;
    const base = posix.join(posix.dirname(from), specifier).replace(/\.[jt]s$/, '');
    return this.files.find(({ path }) => path === `${base}.ts` || path === `${base}/index.ts`) ?? null;
  }
}

function oursIn(directory: string): string | null {
  const options = readJson(join(directory, MANIFEST))?.['options'] as { path?: unknown } | undefined;
  return typeof options?.path === 'string' ? options.path : null;
}

function pathsIn(directory: string, sourceRoot: string): string[] {
  if (!existsSync(join(directory, sourceRoot))) return [];
  return readdirSync(join(directory, sourceRoot), { recursive: true, withFileTypes: true })
    .filter(({ name }) => name.endsWith('.ts') && !/\.(d|spec|test|e2e-spec)\.ts$/.test(name))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('node_modules/'))
    .sort();
}

function textOf(directory: string, path: string): string {
  return withoutBom(readIfThere(join(directory, path)) ?? '').body;
}
