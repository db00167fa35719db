import type { Choices } from '../choices.js';
import { hashOf, MANIFEST, parseManifest, type Manifest } from '../manifest.js';
import { diffOf } from './diff.js';

export interface PlannedFile {
  /** POSIX path, relative to the target */
  path: string;
  /** null: the file does not exist yet */
  before: string | null;
  after: string;
}

export interface Conflict {
  path: string;
  reason: string;
  diff: string;
}

/** Lines that a person has to insert, because an automatic edit would not be safe. */
export interface Paste {
  path: string;
  reason: string;
  lines: readonly string[];
}

/** A fact about the project, its consequence, and the flag that overrides it. */
export interface FactRow {
  fact: string;
  found: string;
  then: string;
  flag: string;
}

/** Everything that a run would do. */
export interface Plan {
  target: string;
  choices: Choices;
  facts: readonly FactRow[];
  /** of the application, relative to the target; null: there is none */
  tsconfig: string | null;
  files: readonly PlannedFile[];
  /** paths of planned files to be formatted as the project formats its own */
  toFormat?: readonly string[];
  /** files of ours that stay as the owner changed or deleted them */
  kept: readonly string[];
  conflicts: readonly Conflict[];
  /** files of the owner that `--force` overwrites */
  overwritten: readonly string[];
  paste: readonly Paste[];
  notes: readonly string[];
}

export interface OwnFile {
  path: string;
  text: string;
}

/**
 * Compares our files with those in the project. A file that the owner changed stays, unless we changed it, too.
 * @param merged the merged text of one file, if there is one
 */
export function settle(
  own: readonly OwnFile[],
  read: (path: string) => string | null,
  manifest: Manifest | null,
  force: boolean,
  merged: OwnFile | null = null,
): Pick<Plan, 'files' | 'kept' | 'conflicts' | 'overwritten'> {
  const files: PlannedFile[] = [];
  const kept: string[] = [];
  const conflicts: Conflict[] = [];
  const overwritten: string[] = [];
  for (const { path, text } of own) {
    const before = read(path);
    const generated = manifest?.files[path];
    if (before !== null && hashOf(before) === hashOf(text)) continue;
    if (generated === hashOf(text) || (path === merged?.path && merged.text === before)) kept.push(path);
    else if (path === merged?.path) files.push({ path, before, after: merged.text });
    else if (before === null || generated === hashOf(before)) files.push({ path, before, after: text });
    else if (force) {
      overwritten.push(path);
      files.push({ path, before, after: text });
    } else conflicts.push({ path, reason: reasonOf(generated), diff: diffOf(path, before, text) });
  }
  return { files, kept, conflicts, overwritten };
}

function reasonOf(generated: string | undefined): string {
  return generated === undefined
    ? 'a file of yours exists there'
    : 'you changed it after it was generated, and the new version changes it, too';
}

/** The manifest after the run. */
export function manifestOf(
  version: string,
  choices: Choices,
  own: readonly OwnFile[],
  edits: Manifest['edits'],
): Manifest {
  const { features, ...options } = choices;
  return {
    format: 1,
    version,
    options: { ...options, features: features.map(({ name }) => name) },
    files: Object.fromEntries(own.map(({ path, text }) => [path, hashOf(text)])),
    edits,
  };
}

export function readManifest(read: (path: string) => string | null): Manifest | null {
  const text = read(MANIFEST);
  return text === null ? null : parseManifest(text);
}
