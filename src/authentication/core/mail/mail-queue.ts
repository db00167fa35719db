import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import PgBoss from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { Database } from '../database/database.js';
import { ensureSchema } from '../database/schema.js';
import { locked } from '../database/startup-lock.js';
import type { User } from '../users/user.entity.js';
import { EXPIRY, KEPT_DAYS, MAILS, removeJobs, RETRY_DELAY, SCHEMA, UNDELIVERABLE } from './job-rows.js';
import { mailJob, type MailJob, type MailRequest } from './mail-job.js';
import { MailMessages } from './mail-messages.js';
import { QueueOutage } from './queue-outage.js';
import { triesFor } from './tries.js';

/**
 * The database's clock says when a mail was requested. No time ends a job: the number of tries does, and `Reservations`
 * frees it, so a clock that jumps drops and repeats no mail.
 */
const INSERT = `INSERT INTO ${SCHEMA}.job (name, data, retry_limit, retry_delay, expire_in, keep_until)
  VALUES ($1, $2::jsonb || jsonb_build_object('requested_at',
    to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), $3, ${RETRY_DELAY}, '${EXPIRY}', 'infinity')`;
export type QueuedMail = PgBoss.JobWithMetadata<MailJob>;

/** The queue of mails, in Postgres. A mail is queued in the transaction that causes it: both are saved, or neither. */
@Injectable()
export class MailQueue implements OnModuleInit {
  private readonly boss: PgBoss;
  private connection: Pick<Pool, 'query'>;
  private wake: () => void = () => undefined;

  constructor(
    private readonly database: Database,
    private readonly messages: MailMessages,
    private readonly outage: QueueOutage,
  ) {
    this.connection = database.pool;
    this.boss = new PgBoss({
      db: { executeSql: (text: string, values?: unknown[]) => this.query(text, values) },
      schema: SCHEMA,
      schedule: false,
      maintenanceIntervalSeconds: 15,
      // The archive of pg-boss is of no use here: a job that comes into it is deleted a minute later.
      archiveCompletedAfterSeconds: 60,
      archiveFailedAfterSeconds: KEPT_DAYS * 86_400,
      deleteAfterMinutes: 1,
    });
    this.boss.on('error', (error) => {
      outage.failed(error);
    });
  }

  /** Starts in one instance at a time: concurrent starts would deadlock. */
  async onModuleInit(): Promise<void> {
    await locked(this.database.dataSource, async (runner) => {
      await ensureSchema(runner, SCHEMA);
      this.connection = (await runner.connect()) as PoolClient;
      try {
        await this.start();
      } finally {
        this.connection = this.database.pool;
      }
    });
  }

  /** Queues a mail in the transaction, and wakes the worker after the commit. */
  async enqueue(manager: EntityManager, request: MailRequest): Promise<void> {
    const tries = triesFor(this.messages.of(request.message));
    await manager.query(INSERT, [MAILS, mailJob(request), tries]);
    this.database.afterCommit(manager, () => {
      this.wake();
    });
  }

  /** Deletes the mails to a user, at the user's address and at others. A mail that is being sent now stays. */
  async forget(manager: EntityManager, { realm, email, id }: User): Promise<void> {
    const mine = "data ->> 'realm' = $1 AND (data ->> 'address' = $2 OR (data ->> 'user_id')::bigint = $3)";
    await removeJobs(manager, mine, [realm, email, id]);
  }

  /** Deletes the mails of realms that are gone. */
  async forgetRealms(manager: EntityManager, realms: readonly string[]): Promise<void> {
    await removeJobs(manager, "data ->> 'realm' = ANY ($1::text[])", [realms]);
  }

  onQueued(wake: () => void): void {
    this.wake = wake;
  }

  async take(count: number): Promise<QueuedMail[]> {
    return this.boss.fetch<MailJob>(MAILS, { batchSize: count, includeMetadata: true });
  }

  /** Reports failures: `fetch` of pg-boss returns no jobs when the database is away, as when there are none. */
  private async query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> {
    try {
      const result = await this.execute(text, values);
      this.outage.over();
      return result;
    } catch (error) {
      if (this.connection === this.database.pool) this.outage.failed(error);
      throw error;
    }
  }

  /** The upkeep of pg-boss comes as a whole transaction, and may take long. Its schema is there already. */
  private async execute(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> {
    if (this.connection !== this.database.pool || !/^\s*BEGIN\b/.test(text))
      return this.connection.query(withoutSchema(text), values);
    return this.database.patiently((client) => client.query(text, values));
  }

  private async start(): Promise<void> {
    await this.boss.start();
    await this.boss.createQueue(UNDELIVERABLE);
    await this.boss.createQueue(MAILS);
    await this.boss.maintain();
  }

  async stop(): Promise<void> {
    await this.boss.stop({ graceful: false });
  }
}

/** A role that may not create schemas may not do it "if not exists" either. */
function withoutSchema(text: string): string {
  return text.replace(/CREATE SCHEMA IF NOT EXISTS \w+/, 'SELECT 1');
}
