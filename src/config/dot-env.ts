import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** Read by Node itself before any file is: as a setting it would be believed, and change nothing. */
const OF_NODE = 'UV_THREADPOOL_SIZE';

/** The environment, with `.env` beneath it. */
export function environmentVariables(file = '.env'): Record<string, string | undefined> {
  const kept = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  const given = Object.entries(process.env).filter(([, value]) => value !== '');
  return { ...kept, [OF_NODE]: undefined, ...Object.fromEntries(given) };
}
