import type { NestMajor } from './choices.js';
import { WrongUsage } from './failure.js';
import { suggestion } from './suggestion.js';

/** @throws WrongUsage for a value that is none of the choices */
export function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  choices: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw refused(name, value, choices.join(' or '), suggestion(value, choices));
  return choice;
}

export function nestMajor(value: string | undefined): NestMajor | undefined {
  const name = oneOf('nest', value, ['12', '11']);
  return name === undefined ? undefined : name === '12' ? 12 : 11;
}

/** A path that stays inside the project. */
export function relativePath(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const parts = value
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  if (value.startsWith('/') || parts.length === 0 || parts.includes('..')) {
    throw refused(name, value, 'a folder in the project, such as src/authentication');
  }
  return parts.join('/');
}

/** `none` is none: an empty value is refused as forgotten. */
export function globalPrefix(value: string | undefined): string | undefined {
  return value === 'none' ? '' : prefix('global-prefix', value);
}

export function prefix(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const trimmed = value.replace(/^\/+|\/+$/g, '');
  if (trimmed !== '' && !/^[\w.~-]+(\/[\w.~-]+)*$/.test(trimmed)) {
    throw refused(name, value, 'a path of letters, digits and . _ ~ -, such as auth');
  }
  return trimmed;
}

function refused(name: string, value: string, takes: string, more = ''): WrongUsage {
  return new WrongUsage(`--${name} takes ${takes}; it got ${JSON.stringify(value)}.${more}`);
}
