import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import pg from 'pg';

// With DATABASE_URL=postgres://… every worker has a database of its own on that server. Without it, every worker has
// the embedded Postgres, loaded from a dump of an empty one, since making one takes seconds. The first application
// that a worker starts migrates it.

const SERVER = /^postgres(ql)?:/.test(process.env.DATABASE_URL ?? '') ? process.env.DATABASE_URL : undefined;
const EMPTY_TABLES = `
  DO $$ DECLARE tables text; BEGIN
    SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') INTO tables FROM pg_tables
    WHERE (schemaname = 'authentication' AND tablename <> 'migrations')
      OR (schemaname = 'authentication_jobs' AND tablename IN ('job', 'archive'));
    IF tables IS NOT NULL THEN EXECUTE 'TRUNCATE ' || tables || ' RESTART IDENTITY CASCADE'; END IF;
  END $$`;

/** Once a run. */
export async function prepareDatabases() {
  if (SERVER !== undefined) {
    process.env.TEST_DATABASE_NAME = `authentication_tests_${process.pid}`;
    return;
  }
  const directory = await mkdtemp(join(tmpdir(), 'authentication-tests-'));
  const pglite = await PGlite.create('memory://');
  const dump = await pglite.dumpDataDir('none');
  await writeFile(join(directory, 'empty.tar'), Buffer.from(await dump.arrayBuffer()));
  await pglite.close();
  process.env.TEST_DATABASE_DIRECTORY = directory;
}

export async function removeDatabases() {
  const { TEST_DATABASE_DIRECTORY: directory, TEST_DATABASE_NAME: name } = process.env;
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  if (name === undefined) return;
  const { rows } = await onServer(`SELECT datname FROM pg_database WHERE datname LIKE '${name}%'`);
  for (const { datname } of rows) await onServer(`DROP DATABASE "${datname}" WITH (FORCE)`);
}

/** The database of a worker: made for its first file, emptied for each further one, at rest between them. */
export async function openTestDatabase(worker, known) {
  const opened = known ?? (SERVER === undefined ? await openEmbedded() : await openOnServer(worker));
  await opened.empty();
  return opened;
}

async function openEmbedded() {
  const dump = await readFile(join(process.env.TEST_DATABASE_DIRECTORY, 'empty.tar'));
  const pglite = await PGlite.create({ loadDataDir: new Blob([dump]) });
  return {
    connection: () => {
      // The statements that an earlier application of this worker named are still there. Queued ahead of the next one's.
      void pglite.exec('DEALLOCATE ALL');
      return { extra: createPgConfig(pglite), poolSize: 1 };
    },
    empty: () => pglite.exec(EMPTY_TABLES),
    // Postgres leaves alarms set (recovery's progress, idle statistics), each a timer here that would hold the worker.
    rest: () => pglite.Module._clear_setitimer(),
  };
}

async function openOnServer(worker) {
  const name = `${process.env.TEST_DATABASE_NAME}_${worker}`;
  // A worker that grew too large is replaced by one of the same number.
  await onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return {
    connection: () => ({ url: url.href, poolSize: 8 }),
    empty: () => onServer(EMPTY_TABLES, url.href),
    rest: () => undefined,
  };
}

async function onServer(statement, url = SERVER) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}
