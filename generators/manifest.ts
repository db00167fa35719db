import { createHash } from 'node:crypto';
import type { Choices } from './choices.js';

export const MANIFEST = '.authentication-zero.json';

/**
 * What a later run needs to know. The same release with the same options writes the same text again: that is the base
 * of a three-way merge. The hash of a file shows, without that release, whether its owner changed the file.
 */
export interface Manifest {
  /** version of this file format */
  format: 1;
  /** release of nest-authentication-zero */
  version: string;
  options: Omit<Choices, 'features'> & { features: readonly string[] };
  /** SHA-256 of each of our files as it was generated, with LF line ends */
  files: Readonly<Record<string, string>>;
  /** what was inserted into the project's own files */
  edits: Readonly<Record<string, readonly string[]>>;
}

/** Git may check out LF as CRLF: that is not a change by the owner. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
}

const SHORT_LINE = 80;

/** Formatted as Prettier's default settings do: a list is on one line if that has at most 80 characters. */
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

/** @returns null if the text is not a manifest of this format */
export function parseManifest(text: string): Manifest | null {
  try {
    const value = JSON.parse(text) as Partial<Manifest> | null;
    return value?.format === 1 && typeof value.files === 'object' ? (value as Manifest) : null;
  } catch {
    return null;
  }
}
