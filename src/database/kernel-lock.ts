import { spawnSync } from 'node:child_process';
import { EmbeddedDatabaseError } from './embedded-database-error.js';

/** Far behind the text of the file: Windows lets no other process read bytes that are locked. */
const LOCKED_BYTE = 1 << 30;

/** Locks an open file until it is closed, or its process ends. @returns false if another process has locked it */
export async function tryKernelLock(file: number): Promise<boolean> {
  try {
    const { tryLock } = await import('fs-native-extensions');
    return tryLock(file, LOCKED_BYTE, 1);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // The package has no binary for this system, such as Alpine, where the program is always there.
    if (code === 'ADDON_NOT_FOUND' || code === 'CANNOT_LOAD') return tryProgram(file);
    throw error;
  }
}

/** The lock belongs to the open file, which the program inherits: when the program ends, this process still holds it. */
function tryProgram(file: number): boolean {
  const { status, error } = spawnSync('flock', ['-n', '-x', '3'], {
    stdio: ['ignore', 'ignore', 'ignore', file],
  });
  if (error !== undefined || (status !== 0 && status !== 1)) {
    throw new EmbeddedDatabaseError(
      'On this system the embedded database needs the program flock to lock its directory: install it, or set ' +
        'DATABASE_URL to a Postgres server.',
    );
  }
  return status === 0;
}
