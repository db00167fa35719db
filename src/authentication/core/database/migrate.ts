import { setTimeout as pause } from 'node:timers/promises';
import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import { SCHEMA } from './data-source.js';
import { isHosts } from './host-data-source.js';

/** Any fixed number, the same in every instance. */
const LOCK = 7_206_154_811;

/**
 * Runs the pending migrations once, even when several instances start at the same time. It polls the lock on the
 * connection that migrates: waiting in `pg_advisory_lock` would deadlock with CREATE INDEX CONCURRENTLY.
 * @returns the names of the migrations that ran
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  return locked(dataSource, async (runner) => {
    await runner.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
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

/**
 * Runs `work` in one instance, while other instances that start at the same time wait. On our own connections its
 * statements have no time limit.
 */
export async function locked<T>(
  dataSource: DataSource,
  work: (runner: QueryRunner) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    const becomeImpatient = isHosts(dataSource) ? undefined : await patient(runner);
    while (!(await tryLock(runner))) await pause(100);
    try {
      return await work(runner);
    } finally {
      await runner.query('SELECT pg_advisory_unlock($1)', [LOCK]);
      await becomeImpatient?.();
    }
  } finally {
    await runner.release();
  }
}

/** An undocumented part of `pg`'s client. */
interface PatientClient {
  connectionParameters: { query_timeout: number | false };
}

/** Removes the time limits from a connection of ours. @returns a function that restores them */
async function patient(runner: QueryRunner): Promise<() => Promise<void>> {
  const { connectionParameters: limits } = (await runner.connect()) as PatientClient;
  const { query_timeout: timeout } = limits;
  limits.query_timeout = false;
  await runner.query('SET statement_timeout = 0');
  return async () => {
    await runner.query('RESET statement_timeout');
    limits.query_timeout = timeout;
  };
}

async function tryLock(runner: QueryRunner): Promise<boolean> {
  const rows = (await runner.query('SELECT pg_try_advisory_lock($1) AS locked', [LOCK])) as {
    locked: boolean;
  }[];
  return rows[0]?.locked === true;
}
