import { cp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';

/** A data directory with all tables and no rows of users. The build makes it beside the program (record 0031). */
const PREPARED = join(dirname(process.argv[1] ?? ''), 'embedded-database');

/** In the data directory, while the prepared files come into it. */
const ARRIVING = 'prepared.part';
/** Postgres, and we, take a directory for a database when it has this file, so it comes last. */
const LAST = 'PG_VERSION';

/** What a start of ours or of Postgres writes. */
const OURS = /^(base|global|pg_\w+|postgresql\.\S+|postmaster\.\S+|prepared\.part)$/;

export function isOfDatabase(name: string): boolean {
  return OURS.test(name);
}

/**
 * Puts the prepared database into a directory that has none: this takes 0.1 seconds, `initdb` four. If the process is
 * killed meanwhile, the next start begins again.
 * @param directory is locked by this process
 * @returns whether the database in the directory is the prepared one
 */
export async function copyPrepared(directory: string, from = PREPARED): Promise<boolean> {
  const names = await readdir(directory);
  if (names.includes(LAST)) return false;
  // Files of an `initdb` that was killed, which Postgres writes anew.
  if (!names.includes(ARRIVING) && names.some(isOfDatabase)) return false;
  await removeDatabase(directory);
  if (!(await hasDatabase(from))) return false;
  await cp(from, join(directory, ARRIVING), { recursive: true });
  await moveIn(directory);
  return true;
}

/** Removes what a copy has written, `ARRIVING` last: as long as it is there, the rest is known to be of a copy. */
export async function removeDatabase(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => isOfDatabase(name) || name === LAST);
  const first = names.filter((name) => name !== ARRIVING);
  for (const name of [...first, ARRIVING]) await rm(join(directory, name), { recursive: true, force: true });
}

async function moveIn(directory: string): Promise<void> {
  const arriving = join(directory, ARRIVING);
  const names = (await readdir(arriving)).filter((name) => name !== LAST);
  for (const name of [...names, LAST]) await rename(join(arriving, name), join(directory, name));
  await rm(arriving, { recursive: true });
}

async function hasDatabase(directory: string): Promise<boolean> {
  const names = await readdir(directory).catch((): string[] => []);
  return names.includes(LAST);
}
