import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { MAILS, SCHEMA, UNDELIVERABLE } from './job-rows.js';

/** Mails that were not sent yet, and those that were set aside. */
export interface Backlog {
  /** at most `MOST` */
  readonly waiting: number;
  /** how long the oldest of them has waited, in seconds of the database's clock; 0 without any */
  readonly oldestSeconds: number;
  /** at most `MOST` */
  readonly setAside: number;
}

/** More rows are not counted: a long queue must not make the question slow. */
const MOST = 10_000;

/** The queue keeps its jobs in the order of their next try. A job is deleted when its mail was sent. */
const TEXT = `
  WITH unsent AS (
    SELECT created_on FROM ${SCHEMA}.job WHERE name = '${MAILS}' AND state < 'completed' LIMIT ${MOST}
  ), kept AS (
    SELECT 1 FROM ${SCHEMA}.job WHERE name = '${UNDELIVERABLE}' AND state < 'completed' LIMIT ${MOST}
  )
  SELECT count(*)::int AS waiting,
    coalesce(extract(epoch FROM clock_timestamp() - min(created_on)), 0)::float8 AS oldest,
    (SELECT count(*)::int FROM kept) AS kept
  FROM unsent`;

/** Reads how many mails wait, for metrics. */
@Injectable()
export class MailBacklog {
  constructor(private readonly database: Database) {}

  async read(): Promise<Backlog> {
    const { rows } = await this.database.pool.query<{ waiting: number; oldest: number; kept: number }>(TEXT);
    const { waiting = 0, oldest = 0, kept = 0 } = rows[0] ?? {};
    return { waiting, oldestSeconds: Math.max(0, oldest), setAside: kept };
  }
}
