import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { EmbeddedDatabaseError } from './embedded-database-error.js';
import { tryKernelLock } from './kernel-lock.js';

/** In the directory: it may be a volume, and then what is beside it is not shared with other containers. */
export const LOCK_FILE = 'process.lock';

/**
 * Locks the directory for this process, by a lock of the kernel on a file in it (record 0024). The kernel releases the
 * lock when the process ends, however it ends, and knows every container of the machine. A file without a lock means
 * nothing, so it is never deleted: one process could lock the deleted file, and another one the new file.
 * @returns a function that unlocks it
 * @throws EmbeddedDatabaseError if another process has opened the database: two at once would destroy the data
 */
export async function lockDirectory(directory: string): Promise<() => void> {
  const path = join(directory, LOCK_FILE);
  const file = openSync(path, 'a+');
  try {
    if (!(await tryKernelLock(file))) throw inUse(directory, readFileSync(path, 'utf8').trim());
    ftruncateSync(file);
    writeSync(file, `process ${process.pid} on ${hostname()}\n`);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  // The kernel unlocks a file that is closed.
  return () => closeSync(file);
}

/** @param owner what the other process wrote into the file; a container has its own process ids and host name */
function inUse(directory: string, owner: string): EmbeddedDatabaseError {
  return new EmbeddedDatabaseError(
    `The embedded database in ${directory} is open in another process${owner === '' ? '' : ` (${owner})`}. ` +
      'Stop that process, or set DATABASE_URL to another directory (pglite:DIR) or to a Postgres server.',
  );
}
