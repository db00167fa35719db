import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import type { OwnConnection } from '../authentication/core/database/data-source.js';
import { lockDirectory } from './directory-lock.js';

/**
 * Postgres inside this process, behind `pg`'s real pool, so that transactions queue as they do with a server. One
 * connection: a second one inside a transaction would wait for itself, and fails after the pool's time-out.
 * @param directory where the data is kept; null: in memory
 * @throws DirectoryInUse
 */
export async function openEmbeddedPostgres(directory: string | null): Promise<OwnConnection> {
  const path = directory === null ? null : resolve(directory);
  if (path !== null) await mkdir(dirname(path), { recursive: true });
  const unlock = path === null ? () => undefined : lockDirectory(path);
  try {
    const pglite = await PGlite.create(path ?? 'memory://');
    const close = async (): Promise<void> => {
      await pglite.close();
      unlock();
    };
    return { extra: createPgConfig(pglite), poolSize: 1, close };
  } catch (error) {
    unlock();
    throw error;
  }
}
