import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import PgBoss from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { Database, returning } from '../database/database.js';
import { ensureSchema } from '../database/schema.js';
import { locked } from '../database/startup-lock.js';
import type { User } from '../users/user.entity.js';
import { hasUser, removeJobs, SCHEMA, within } from './job-rows.js';
import { mailJob, type MailJob, type MailRequest } from './mail-job.js';

const MAILS = 'mails';
/** The queue that keeps mails that cannot be delivered, for the operator to look at. */
const UNDELIVERABLE = 'undeliverable-mails';
/** How long a job is reserved for the worker that took it. A running worker renews this (`hold`). */
const HOLD_SECONDS = 30;
/** How long a mail that cannot be delivered is kept. Every other job is deleted when it ends: it holds an address. */
const KEPT_DAYS = 7;

export type QueuedMail = PgBoss.JobWithMetadata<MailJob>;

/** The queue of mails, in Postgres. A mail is queued in the transaction that causes it: both are saved, or neither. */
@Injectable()
export class MailQueue implements OnModuleInit {
  private readonly logger = new Logger(MailQueue.name);
  private readonly boss: PgBoss;
  private connection: Pick<Pool, 'query'>;
  private wake: () => void = () => undefined;

  constructor(private readonly database: Database) {
    this.connection = database.pool;
    this.boss = new PgBoss({
      db: { executeSql: (text: string, values?: unknown[]) => this.execute(text, values) },
      schema: SCHEMA,
      schedule: false,
      maintenanceIntervalSeconds: HOLD_SECONDS / 2,
      // The archive of pg-boss is of no use here: a job that comes into it is deleted a minute later.
      archiveCompletedAfterSeconds: 60,
      archiveFailedAfterSeconds: KEPT_DAYS * 86_400,
      deleteAfterMinutes: 1,
    });
    this.boss.on('error', (error) => {
      this.logger.warn({ event: 'mail_queue_failed', reason: error.message });
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
    await this.boss.send(MAILS, mailJob(request), {
      db: within(manager),
      expireInSeconds: HOLD_SECONDS,
      retryLimit: 12,
      retryDelay: 5,
      retryBackoff: true,
    });
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

  /** Reserves jobs for longer while a mail server is slow. Another worker would otherwise send the mails again. */
  async hold(jobs: readonly QueuedMail[]): Promise<void> {
    await this.database.pool.query(
      `UPDATE ${SCHEMA}.job SET started_on = now() WHERE name = $1 AND id = ANY ($2::uuid[]) AND state = 'active'`,
      [MAILS, jobs.map((job) => job.id)],
    );
  }

  /**
   * Marks a job, in the transaction that writes the mail: its token is issued now. The mark is part of the job, which
   * exists as long as another try is possible. A worker that took a job over waits here for the other transaction.
   * @returns false when an earlier try has marked it
   */
  async markIssued(job: QueuedMail, manager: EntityManager): Promise<boolean> {
    const marked = await returning(
      manager,
      `UPDATE ${SCHEMA}.job SET data = data || '{"issued": true}'
       WHERE name = $1 AND id = $2 AND data -> 'issued' IS NULL RETURNING 1`,
      [MAILS, job.id],
    );
    return marked.length > 0;
  }

  /** The mail was sent, or must not be sent. Its job is deleted, because it holds an address. */
  async done(job: QueuedMail): Promise<void> {
    await this.boss.deleteJob(MAILS, job.id);
  }

  async tryAgain(job: QueuedMail, reason: string): Promise<void> {
    if (await hasUser(job, this.database.manager)) await this.boss.fail(MAILS, job.id, { reason });
    else await this.done(job);
  }

  /** Keeps a mail that cannot be delivered, for the operator. */
  async setAside(job: QueuedMail, reason: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const db = within(manager);
      await this.boss.deleteJob(MAILS, job.id, { db });
      if (!(await hasUser(job, manager))) return;
      // Without the mark: when the operator queues the mail again, it gets a new token.
      const kept = { ...job.data, issued: undefined, reason };
      await this.boss.send(UNDELIVERABLE, kept, { db, retryLimit: 0, retentionDays: KEPT_DAYS });
    });
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
    // Frees the jobs of a worker that was killed now, not at the next maintenance.
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
