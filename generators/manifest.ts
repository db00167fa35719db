import { createHash } from 'node:crypto';
import type { Choices } from './choices.js';

export const MANIFEST = '.authentication-zero.json';

/**
 * What a later run stands on. Version and options name the text that was written: the same release, given the same
 * options, writes it again, and that is the base of a three-way merge. The hash of a file tells without that release
 * whether its owner changed it.
 */
export interface Manifest {
  /** of this format */
  format: 1;
  /** of nest-authentication-zero */
  version: string;
  options: Omit<Choices, 'features'> & { features: readonly string[] };
  /** SHA-256 of every file that is ours, as it was generated, with LF line ends */
  files: Readonly<Record<string, string>>;
  /** what was put into files that are the project's */
  edits: Readonly<Record<string, readonly string[]>>;
}

/** A checkout may turn LF into CRLF: that is no change by its owner. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
}

const SHORT_LINE = 80;

/** As Prettier leaves it where it has its own settings: a list on one line if that has room. */
export function manifestText(manifest: Manifest): string {
  const text = JSON.stringify(manifest, null, 2).replace(
    /^( *(?:"[^"]*": )?)(\[[^[\]{}]*\])(,?)$/gm,
    oneLine,
  );
  return `${text}\n`;
}

function oneLine(whole: string, start: string, list: string, comma: string): string {
  const items = JSON.parse(list) as unknown[];
  const line = `${start}[${items.map((item) => JSON.stringify(item)).join(', ')}]${comma}`;
  return line.length > SHORT_LINE ? whole : line;
}

/** @returns null for a text that is no manifest of ours */
export function parseManifest(text: string): Manifest | null {
  try {
    const value = JSON.parse(text) as Partial<Manifest> | null;
    return value?.format === 1 && typeof value.files === 'object' ? (value as Manifest) : null;
  } catch {
    return null;
  }
}
