import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { SettingError } from '../settings/environment.js';
import { connectionsOf } from './connections.js';
import { isHosts } from './host-data-source.js';
import { poolOf } from './pool.js';
import { isDirect } from './pooler.js';
import { SET_WAITING_TRANSACTION } from './session-settings.js';

/** Any fixed number, the same in every instance. */
const LOCK = 7_206_154_811;
const TRY_EVERY_MS = 100;
const TELL_AFTER_TRIES = 10;
const TELL_EVERY_TRIES = 100;

const logger = new Logger('Database');

/**
 * Runs `work` in one instance, while other instances that start at the same time wait. On our own connections its
 * statements have no time limit. The lock is tried again and again: waiting in `pg_advisory_lock` would deadlock with CREATE
 * INDEX CONCURRENTLY.
 */
export async function locked<T>(
  dataSource: DataSource,
  work: (runner: QueryRunner) => Promise<T>,
): Promise<T> {
  const start = () => inOneInstance(dataSource, work);
  return connectionsOf(dataSource)?.starting(start) ?? start();
}

async function inOneInstance<T>(
  dataSource: DataSource,
  work: (runner: QueryRunner) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    if (await isDirect(await runner.connect())) return await inSession(dataSource, runner, work);
    return await besideTransaction(dataSource, runner, work);
  } finally {
    await runner.release();
  }
}

/** The lock belongs to the session of the connection that works. */
async function inSession<T>(
  dataSource: DataSource,
  runner: QueryRunner,
  work: (runner: QueryRunner) => Promise<T>,
): Promise<T> {
  await untilTrue(() => isTrue(runner, 'SELECT pg_try_advisory_lock($1) AS yes'));
  try {
    return await patiently(dataSource, runner, work);
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [LOCK]);
  }
}

/**
 * Behind a pooler the lock of a session could stay behind, on a connection that the pooler has given to somebody else. Here
 * it belongs to a transaction, which another connection keeps open.
 */
async function besideTransaction<T>(
  dataSource: DataSource,
  holder: QueryRunner,
  work: (runner: QueryRunner) => Promise<T>,
): Promise<T> {
  if (poolOf(dataSource).options.max < 2) {
    throw new SettingError('database: behind a pooler the pool (DATABASE_POOL_SIZE) needs two connections');
  }
  await untilTrue(async () => {
    await holder.startTransaction();
    await holder.query(SET_WAITING_TRANSACTION);
    if (await isTrue(holder, 'SELECT pg_try_advisory_xact_lock($1) AS yes')) return true;
    await holder.rollbackTransaction();
    return false;
  });
  const worker = dataSource.createQueryRunner();
  try {
    return await patiently(dataSource, worker, work);
  } finally {
    await worker.release();
    // Other instances may wait for it, behind a pooler in session mode.
    await connectionsOf(dataSource)?.watch.clear();
    await holder.rollbackTransaction();
  }
}

async function untilTrue(attempt: () => Promise<boolean>): Promise<void> {
  for (let tries = 1; !(await attempt()); tries += 1) {
    if (tries % TELL_EVERY_TRIES === TELL_AFTER_TRIES) {
      logger.log({
        event: 'waiting_for_migration',
        reason: 'waiting for another instance that migrates the database',
        seconds: Math.round((tries * TRY_EVERY_MS) / 1000),
      });
    }
    await pause(TRY_EVERY_MS);
  }
}

async function isTrue(runner: QueryRunner, text: string): Promise<boolean> {
  const [row] = (await runner.query(text, [LOCK])) as { yes: boolean }[];
  return row?.yes === true;
}

/** An undocumented part of `pg`'s client. */
interface TimedClient {
  connectionParameters: { query_timeout: number | false };
}

async function patiently<T>(
  dataSource: DataSource,
  runner: QueryRunner,
  work: (runner: QueryRunner) => Promise<T>,
): Promise<T> {
  if (isHosts(dataSource)) return work(runner);
  const client = (await runner.connect()) as PoolClient;
  const connections = connectionsOf(dataSource);
  const restore = connections === undefined ? relaxEmbedded(client) : await connections.relax(client);
  const result = await work(runner);
  await restore();
  return result;
}

function relaxEmbedded(client: PoolClient): () => Promise<void> {
  const { connectionParameters: limits } = client as unknown as TimedClient;
  const { query_timeout: timeout } = limits;
  limits.query_timeout = false;
  return () => {
    limits.query_timeout = timeout;
    return Promise.resolve();
  };
}
