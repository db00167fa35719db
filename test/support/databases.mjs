import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import pg from 'pg';

// With DATABASE_URL=postgres://… every worker has its own database on that server. Without it, every worker has an
// embedded Postgres that is loaded from the dump of an empty one, since making one takes seconds. The first application
// of a worker runs the migrations.

const SERVER = /^postgres(ql)?:/.test(process.env.DATABASE_URL ?? '') ? process.env.DATABASE_URL : undefined;
const EMPTY_TABLES = `
  DO $$ DECLARE tables text; BEGIN
    SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') INTO tables FROM pg_tables
    WHERE (schemaname = 'authentication' AND tablename <> 'migrations')
      OR (schemaname = 'authentication_jobs' AND tablename IN ('job', 'archive'));
    IF tables IS NOT NULL THEN EXECUTE 'TRUNCATE ' || tables || ' RESTART IDENTITY CASCADE'; END IF;
  END $$`;

/** Runs once, before all specs. */
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

/** The database of a worker: made for its first spec file, and emptied for each further one. */
export async function openTestDatabase(worker, known) {
  const opened = known ?? (SERVER === undefined ? await openEmbedded() : await openOnServer(worker));
  await opened.empty();
  return opened;
}

async function openEmbedded() {
  const dump = await readFile(join(process.env.TEST_DATABASE_DIRECTORY ?? '', 'empty.tar'));
  const pglite = await PGlite.create({ loadDataDir: new Blob([dump]) });
  return {
    connection: () => {
      // Removes the named statements of the worker's earlier application. Runs before those of the next one.
      void pglite.exec('DEALLOCATE ALL');
      return { extra: createPgConfig(pglite), poolSize: 1 };
    },
    empty: () => pglite.exec(EMPTY_TABLES),
    // Postgres sets alarms (progress of recovery, idle statistics). Each is a timer that keeps the worker from ending.
    rest: () => pglite.Module._clear_setitimer(),
  };
}

async function openOnServer(worker) {
  const name = `${process.env.TEST_DATABASE_NAME}_${worker}`;
  // Jest replaces a worker that uses too much memory by one with the same number.
  await onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(SERVER ?? '');
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
