import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { SettingError } from '../authentication/core/settings/environment.js';

/** Node reads this variable when it starts. A value in `.env` would come too late, so it is ignored. */
const OF_NODE = 'UV_THREADPOOL_SIZE';

/**
 * The variables of `.env` and of the environment. The environment wins; an empty variable counts as unset.
 * @throws SettingError if the file is no text that can be read
 */
export function environmentVariables(file = '.env'): Record<string, string | undefined> {
  const kept = existsSync(file) ? parseEnv(textOf(file)) : {};
  const given = Object.entries(process.env).filter(([, value]) => value !== '');
  return { ...kept, [OF_NODE]: undefined, ...Object.fromEntries(given) };
}

/** Editors on Windows begin a file with a byte order mark, which names its encoding and is no part of the text. */
function textOf(file: string): string {
  const bytes = readFileSync(file);
  const mark = bytes.toString('hex', 0, 2);
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
  const text = decoded(bytes, encoding);
  if (text !== null && !text.includes('\0')) return text;
  throw new SettingError(`${file} cannot be read as text: save it as UTF-8`);
}

function decoded(bytes: Buffer, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
