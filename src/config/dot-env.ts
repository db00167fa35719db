import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** The environment, with `.env` beneath it. */
export function environmentVariables(file = '.env'): Record<string, string | undefined> {
  const kept = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  const given = Object.entries(process.env).filter(([, value]) => value !== '');
  return { ...kept, ...Object.fromEntries(given) };
}
