import { ts } from 'ts-morph';
import { WrongUsage } from '../failure.js';

/** The name of a feature in kebab-case, as plural and singular: `team-notes` and `team-note`. */
export interface SkeletonNames {
  plural: string;
  singular: string;
}

const KEBAB = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
/** Postgres cuts names at 63 bytes. Our longest name is the plural followed by `_user_id_fkey`. */
const MAX_LENGTH = 40;
/** Global classes of JavaScript: an entity of that name would hide them in its files. */
const BUILT_IN = ['Array', 'Date', 'Error', 'Map', 'Number', 'Object', 'Promise', 'Set', 'String', 'Symbol'];

/** @throws WrongUsage */
export function skeletonNames(plural: string, singular = singularOf(plural)): SkeletonNames {
  assertKebab('The name of a feature', 'team-notes', plural);
  assertKebab('--singular', 'team-note', singular);
  if (isReserved(camelCase(singular)) || BUILT_IN.includes(pascalCase(singular))) {
    throw new WrongUsage(
      `${singular} is a reserved or built-in name: set another singular of ${plural} with --singular`,
    );
  }
  return { plural, singular };
}

function assertKebab(what: string, example: string, name: string): void {
  if (KEBAB.test(name) && name.length <= MAX_LENGTH) return;
  throw new WrongUsage(
    `${what} must be in kebab-case with at most ${MAX_LENGTH} characters, such as ${example}; it is ${JSON.stringify(name)}`,
  );
}

/** A guess, shown before anything is written. `--singular` overrides it. */
export function singularOf(plural: string): string {
  if (/(?:ss|us|is)$/.test(plural)) return plural;
  if (/[^aeiou]ies$/.test(plural)) return plural.replace(/ies$/, 'y');
  if (/(?:ss|sh|ch|x|zz)es$/.test(plural)) return plural.replace(/es$/, '');
  return plural.replace(/s$/, '');
}

function isReserved(word: string): boolean {
  const kind = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, word).scan();
  return kind >= ts.SyntaxKind.FirstReservedWord && kind <= ts.SyntaxKind.LastFutureReservedWord;
}

export function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

export function pascalCase(name: string): string {
  return capitalised(camelCase(name));
}

export function snakeCase(name: string): string {
  return name.replaceAll('-', '_');
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The name of a folder as a name of a package that npm accepts. */
export function packageName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '');
  return name === '' ? 'app' : name;
}
