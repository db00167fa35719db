import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import type { OwnConnection } from '../authentication/core/database/data-source.js';
import { lockDirectory } from './directory-lock.js';

/**
 * Opens Postgres inside this process. The real pool of `pg` stands in front of it, so that transactions wait for each
 * other as with a server. The pool has one connection: code that asks for a second one inside a transaction fails after
 * the pool's time-out.
 * @param directory the folder for the data, or null to keep it in memory
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
