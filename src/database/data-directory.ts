import { readdir, readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { LOCK_FILE } from './directory-lock.js';
import { EmbeddedDatabaseError } from './embedded-database-error.js';
import { isOfDatabase } from './prepared-database.js';

/** Of no program: our lock, and the folder that a new file system has. The first start may have been killed half-way. */
const HARMLESS = [LOCK_FILE, 'lost+found'];

/** Emscripten, the compiler of PGlite, has its own numbers for the errors of the file system. */
const EMSCRIPTEN: Readonly<Record<number, string>> = {
  2: 'EACCES',
  51: 'ENOSPC',
  54: 'ENOTDIR',
  69: 'EROFS',
};

const ANOTHER = 'set DATABASE_URL to another directory (pglite:DIR) or to a Postgres server';

/** PGlite would write its files among those of another program. */
export async function assertDatabaseOrEmpty(directory: string): Promise<void> {
  const names = await readdir(directory);
  if (names.includes('PG_VERSION')) return;
  const stranger = names.find((name) => !HARMLESS.includes(name) && !isOfDatabase(name));
  if (stranger === undefined) return;
  throw new EmbeddedDatabaseError(
    `The directory ${directory} has files (such as ${stranger}) but no database: ${ANOTHER}.`,
  );
}

/** Why the directory could not be opened. PGlite does not say: it changes nothing in a database that it cannot read. */
export async function reasonOf(error: unknown, directory: string): Promise<unknown> {
  if (error instanceof EmbeddedDatabaseError) return error;
  const { code, errno = 0 } = error as NodeJS.ErrnoException;
  const cause = code ?? EMSCRIPTEN[errno] ?? ((await isFull(directory)) ? 'ENOSPC' : null);
  return new EmbeddedDatabaseError(
    `The embedded database in ${directory} (DATABASE_URL) cannot be opened: ${await said(cause, directory)}.`,
  );
}

async function said(cause: string | null, directory: string): Promise<string> {
  switch (cause) {
    case 'ENOSPC':
      return 'the disk is full. Make room, then start again; the data is not damaged';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `this user may not write there (${cause}). Give the directory to the user of the server, or ${ANOTHER}`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `it is not a directory. Move the file away, or ${ANOTHER}`;
    case null:
      return `${await whyUnreadable(directory)}, or ${ANOTHER}`;
    default:
      return `the file system answers ${cause}. Try a local disk, or ${ANOTHER}`;
  }
}

async function whyUnreadable(directory: string): Promise<string> {
  const kept = (await readFile(join(directory, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  const ours = await ownVersion();
  if (kept === ours) return 'files are missing, damaged or not writable. Restore a copy of the directory';
  return (
    `it was made by Postgres ${kept}, and this PGlite has Postgres ${ours}. Nothing was changed. Dump it with the ` +
    'PGlite that made it (pg_dump of @electric-sql/pglite-tools), and load the dump into an empty directory'
  );
}

/** The major version of the Postgres in PGlite. */
async function ownVersion(): Promise<string> {
  const pglite = await PGlite.create('memory://');
  const { rows } = await pglite.query<{ server_version: string }>('SHOW server_version');
  await pglite.close();
  return /^\d+/.exec(rows[0]?.server_version ?? '')?.[0] ?? '';
}

async function isFull(directory: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(directory).catch(() => ({ bavail: 1, bsize: 1e9 }));
  return bavail * bsize < 1_000_000;
}
