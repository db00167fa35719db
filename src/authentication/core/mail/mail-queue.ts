import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import PgBoss from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { Database, returning } from '../database/database.js';
import { locked } from '../database/migrate.js';
import { mailJob, type MailJob, type MailRequest } from './mail-job.js';

const SCHEMA = 'authentication_jobs';
const MAILS = 'mails';
/** Mails that no retry will deliver are kept here, for somebody to look at. */
const UNDELIVERABLE = 'undeliverable-mails';
/** A worker that lives renews its hold on a job in time (`hold`); what a killed one held is free after this. */
const HOLD_SECONDS = 30;

export type QueuedMail = PgBoss.JobWithMetadata<MailJob>;

/** The mails to send, in Postgres: queued in the transaction of their cause, so one never exists without the other. */
@Injectable()
export class MailQueue implements OnModuleInit {
  private readonly logger = new Logger(MailQueue.name);
  private readonly boss: PgBoss;
  private connection: Pick<Pool, 'query'>;
  private wake: () => void = () => undefined;

  constructor(private readonly database: Database) {
    this.connection = database.pool;
    this.boss = new PgBoss({
      db: { executeSql: (text: string, values?: unknown[]) => this.connection.query(text, values) },
      schema: SCHEMA,
      schedule: false,
      maintenanceIntervalSeconds: HOLD_SECONDS / 2,
      archiveCompletedAfterSeconds: 3600,
      deleteAfterDays: 7,
    });
    this.boss.on('error', (error) => {
      this.logger.warn({ event: 'mail_queue_failed', reason: error.message });
    });
  }

  /** One instance at a time: their statements would deadlock. */
  async onModuleInit(): Promise<void> {
    await locked(this.database.dataSource, async (runner) => {
      this.connection = (await runner.connect()) as PoolClient;
      try {
        await this.start();
      } finally {
        this.connection = this.database.pool;
      }
    });
  }

  /** Queued with the transaction; the worker is woken when that is committed. */
  async enqueue(manager: EntityManager, request: MailRequest): Promise<void> {
    const executeSql = async (text: string, values: unknown[]) => {
      const result = (await manager.queryRunner?.query(text, values, true)) as {
        records?: unknown[];
        raw: unknown[];
      };
      return { rows: result.records ?? result.raw };
    };
    await this.boss.send(MAILS, mailJob(request), {
      db: { executeSql },
      expireInSeconds: HOLD_SECONDS,
      retryLimit: 12,
      retryDelay: 5,
      retryBackoff: true,
    });
    this.database.afterCommit(manager, () => {
      this.wake();
    });
  }

  /** Mails that are done with, or still to send, go with the address that they are for. */
  async forget(manager: EntityManager, realm: string, address: string): Promise<void> {
    for (const table of ['job', 'archive']) {
      await manager.query(
        `DELETE FROM ${SCHEMA}.${table} WHERE data ->> 'realm' = $1 AND data ->> 'address' = $2 AND state <> 'active'`,
        [realm, address],
      );
    }
  }

  onQueued(wake: () => void): void {
    this.wake = wake;
  }

  async take(count: number): Promise<QueuedMail[]> {
    return this.boss.fetch<MailJob>(MAILS, { batchSize: count, includeMetadata: true });
  }

  /** A slow mail server is no dead worker: a job that is taken from one that lives is a mail sent twice. */
  async hold(jobs: readonly QueuedMail[]): Promise<void> {
    await this.database.pool.query(
      `UPDATE ${SCHEMA}.job SET started_on = now() WHERE name = $1 AND id = ANY ($2::uuid[]) AND state = 'active'`,
      [MAILS, jobs.map((job) => job.id)],
    );
  }

  /**
   * In the transaction that writes the mail: what it holds is issued now. It is kept on the job, which is there as long
   * as another try may come. A worker that took over a job waits here for the one that had it.
   * @returns false when an earlier try issued it
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

  async done(job: QueuedMail): Promise<void> {
    await this.boss.complete(MAILS, job.id);
  }

  async tryAgain(job: QueuedMail, reason: string): Promise<void> {
    await this.boss.fail(MAILS, job.id, { reason });
  }

  async setAside(job: QueuedMail, reason: string): Promise<void> {
    // Whoever sends it by hand makes a new job of it, which issues anew.
    await this.boss.send(UNDELIVERABLE, { ...job.data, issued: undefined, reason }, { retryLimit: 0 });
    await this.boss.complete(MAILS, job.id);
  }

  private async start(): Promise<void> {
    await this.boss.start();
    await this.boss.createQueue(UNDELIVERABLE);
    await this.boss.createQueue(MAILS);
    // What a killed worker left is taken up now rather than at the next round.
    await this.boss.maintain();
  }

  async stop(): Promise<void> {
    await this.boss.stop({ graceful: false });
  }
}
