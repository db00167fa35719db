// Runs the migrations of a built project up, down and up again: node migrations.mjs DIRECTORY DATABASE_URL
import assert from 'node:assert/strict';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const [directory, url] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(join(directory, 'dist', path)).href);
const { AuthenticationModule } = await load('authentication/authentication.module.js');
const { migrate, revertAll } = await load('authentication/core/database/migrate.js');
const { databaseConnection } = await load('database/connection.js');

const connection = await databaseConnection(url, 4);
const dataSource = await AuthenticationModule.dataSource(connection).initialize();
try {
  const names = await migrate(dataSource);
  assert.ok(names.length > 0, 'no migration ran');
  const up = await tables();
  assert.ok(up.length > 0, 'the migrations created no table');
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  // Only tables and columns are compared: some keys and indexes are in the migrations only.
  const wanted = upQueries
    .map(({ query }) => query)
    .filter((query) => /CREATE TABLE| ADD "| TYPE | (SET|DROP) NOT NULL/.test(query));
  assert.deepEqual(wanted, [], 'the entities have columns that the migrations do not create');
  await revertAll(dataSource);
  assert.deepEqual(await tables(), [], 'something is left after all migrations were reverted');
  assert.deepEqual(await migrate(dataSource), names);
  assert.deepEqual(
    await tables(),
    up,
    'the second run of the migrations creates another schema than the first',
  );
} finally {
  await dataSource.destroy();
  await connection.close?.();
}

/** Every column, index, constraint and routine of the schema, except those of the table `migrations`. */
async function tables() {
  const rows = await dataSource.query(`
    SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') AS line
      FROM information_schema.columns WHERE table_schema = 'authentication' AND table_name <> 'migrations'
    UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'authentication' AND tablename <> 'migrations'
    UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'authentication'::regnamespace AND conrelid::regclass::text NOT LIKE '%migrations'
    UNION ALL SELECT 'routine ' || routine_name FROM information_schema.routines WHERE routine_schema = 'authentication'
    ORDER BY 1`);
  return rows.map(({ line }) => line);
}
