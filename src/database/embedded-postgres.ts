import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import type { OwnConnection } from '../authentication/core/database/data-source.js';
import { assertDatabaseOrEmpty, reasonOf } from './data-directory.js';
import { lockDirectory } from './directory-lock.js';
import { copyPrepared, removeDatabase } from './prepared-database.js';

/**
 * Opens Postgres inside this process. The real pool of `pg` stands in front of it, so that transactions wait for each
 * other as with a server. The pool has one connection: code that asks for a second one inside a transaction fails after
 * the pool's time-out.
 * @param directory the folder for the data, or null to keep it in memory
 * @throws EmbeddedDatabaseError
 */
export async function openEmbeddedPostgres(directory: string | null): Promise<OwnConnection> {
  if (directory === null) return connectionTo(await PGlite.create('memory://'));
  const path = resolve(directory);
  let unlock = (): void => undefined;
  try {
    await mkdir(path, { recursive: true });
    await assertDatabaseOrEmpty(path);
    unlock = await lockDirectory(path);
    return connectionTo(await open(path), unlock);
  } catch (error) {
    unlock();
    throw await reasonOf(error, path);
  }
}

async function open(path: string): Promise<PGlite> {
  const isPrepared = await copyPrepared(path);
  try {
    return await PGlite.create(path);
  } catch (error) {
    if (!isPrepared) throw error;
    // Made by another PGlite, or damaged: without it Postgres makes a database of its own.
    await removeDatabase(path);
    return PGlite.create(path);
  }
}

function connectionTo(pglite: PGlite, unlock: () => void = () => undefined): OwnConnection {
  const close = async (): Promise<void> => {
    await pglite.close();
    unlock();
  };
  return { extra: createPgConfig(pglite), poolSize: 1, close };
}
