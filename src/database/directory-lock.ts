import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Another process has opened the embedded database. Two processes at once would destroy the data. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse';

  constructor(directory: string, pid: number) {
    super(
      `The embedded database in ${directory} is open in another process (${pid}). Stop that process, ` +
        'or set DATABASE_URL to another directory (pglite:DIR) or to a Postgres server.',
    );
  }
}

/**
 * Locks the directory for this process.
 * @returns a function that unlocks it
 * @throws DirectoryInUse
 */
export function lockDirectory(directory: string): () => void {
  const file = `${directory}.lock`;
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      const unlock = (): void => {
        rmSync(file, { force: true });
      };
      process.once('exit', unlock);
      return () => {
        process.off('exit', unlock);
        unlock();
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(readFileSync(file, 'utf8'));
    if (owner !== process.pid && isAlive(owner)) throw new DirectoryInUse(directory, owner);
    // The process that wrote the file was killed.
    rmSync(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
