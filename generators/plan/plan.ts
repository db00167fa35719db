import type { Choices } from '../choices.js';
import { hashOf, MANIFEST, parseManifest, type Manifest } from '../manifest.js';
import { diffOf } from './diff.js';

export interface PlannedFile {
  /** POSIX, relative to the target */
  path: string;
  /** null: not there yet */
  before: string | null;
  after: string;
}

export interface Conflict {
  path: string;
  reason: string;
  diff: string;
}

/** What a person has to put in, since no edit of ours would be safe. */
export interface Paste {
  path: string;
  reason: string;
  lines: readonly string[];
}

/** What we found about a project, what follows from it, and the flag that says otherwise. */
export interface FactRow {
  fact: string;
  found: string;
  then: string;
  flag: string;
}

/** All that a run would do, in memory. */
export interface Plan {
  target: string;
  choices: Choices;
  facts: readonly FactRow[];
  files: readonly PlannedFile[];
  /** files of ours that their owner changed and that we leave */
  kept: readonly string[];
  conflicts: readonly Conflict[];
  paste: readonly Paste[];
  notes: readonly string[];
}

export interface OwnFile {
  path: string;
  text: string;
}

/**
 * Sets files of ours against what is there. What an owner changed stays, unless we changed it as well.
 * @param merged what becomes of a file that both changed, where that is known
 */
export function settle(
  own: readonly OwnFile[],
  read: (path: string) => string | null,
  manifest: Manifest | null,
  force: boolean,
  merged: OwnFile | null = null,
): Pick<Plan, 'files' | 'kept' | 'conflicts'> {
  const files: PlannedFile[] = [];
  const kept: string[] = [];
  const conflicts: Conflict[] = [];
  for (const { path, text } of own) {
    const before = read(path);
    const generated = manifest?.files[path];
    if (before !== null && hashOf(before) === hashOf(text)) continue;
    if (generated === hashOf(text) || (path === merged?.path && merged.text === before)) kept.push(path);
    else if (path === merged?.path) files.push({ path, before, after: merged.text });
    else if (before === null || force || generated === hashOf(before))
      files.push({ path, before, after: text });
    else conflicts.push({ path, reason: reasonOf(generated), diff: diffOf(path, before, text) });
  }
  return { files, kept, conflicts };
}

function reasonOf(generated: string | undefined): string {
  return generated === undefined
    ? 'a file that is not ours is there'
    : 'you changed it since it was generated, and it would change here too';
}

/** The manifest as it will be, and its place among the files. */
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
