import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** Node reads this variable when it starts. A value in `.env` would come too late, so it is ignored. */
const OF_NODE = 'UV_THREADPOOL_SIZE';

/** The variables of `.env` and of the environment. The environment wins; an empty variable counts as unset. */
export function environmentVariables(file = '.env'): Record<string, string | undefined> {
  const kept = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  const given = Object.entries(process.env).filter(([, value]) => value !== '');
  return { ...kept, [OF_NODE]: undefined, ...Object.fromEntries(given) };
}
