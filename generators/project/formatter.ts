import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readIfThere } from './files.js';

/** The functions of Prettier that are used here. */
interface Prettier {
  resolveConfig(path: string): Promise<object | null>;
  format(text: string, options: object): Promise<string>;
}

/** Formats a text with the project's own Prettier. */
export type Format = (path: string, text: string) => Promise<string>;

/**
 * Formats new files, and edited files that were formatted before. If the project has no Prettier, or Prettier fails, a
 * text stays as it is.
 */
export function projectsFormat(target: string): Format {
  const prettier = projectsPrettier(target);
  if (prettier === null) return (_, text) => Promise.resolve(text);
  const format = async (file: string, text: string): Promise<string> => {
    const options = { ...(await prettier.resolveConfig(file)), filepath: file };
    return prettier.format(text, options);
  };
  return async (path, text) => {
    const file = join(target, path);
    const before = readIfThere(file);
    try {
      if (before !== null && (await format(file, before)) !== before) return text;
      return await format(file, text);
    } catch {
      return text;
    }
  };
}

function projectsPrettier(target: string): Prettier | null {
  try {
    const prettier = createRequire(join(target, 'package.json'))('prettier') as Partial<Prettier>;
    return typeof prettier.format === 'function' && typeof prettier.resolveConfig === 'function'
      ? (prettier as Prettier)
      : null;
  } catch {
    return null;
  }
}
