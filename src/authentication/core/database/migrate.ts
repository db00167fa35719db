import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import { SCHEMA } from './data-source.js';
import { ensureSchema } from './schema.js';
import { locked } from './startup-lock.js';

/**
 * Runs the pending migrations once, even when several instances start at the same time.
 * @returns the names of the migrations that ran
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  return locked(dataSource, async (runner) => {
    await ensureSchema(runner, SCHEMA);
    const executed = await executor(dataSource, runner).executePendingMigrations();
    return executed.map((migration) => migration.name);
  });
}

/** Reverts every migration, the newest first. For development and for tests of the migrations. */
export async function revertAll(dataSource: DataSource): Promise<void> {
  await locked(dataSource, async (runner) => {
    const executed = await executor(dataSource, runner).getExecutedMigrations();
    for (let left = executed.length; left > 0; left -= 1)
      await executor(dataSource, runner).undoLastMigration();
  });
}

function executor(dataSource: DataSource, runner: QueryRunner): MigrationExecutor {
  const migrations = new MigrationExecutor(dataSource, runner);
  migrations.transaction = 'each';
  return migrations;
}
