import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import PgBoss from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { Database } from '../database/database.js';
import { locked } from '../database/migrate.js';
import { mailJob, type MailJob, type MailRequest } from './mail-job.js';

const SCHEMA = 'authentication_jobs';
const MAILS = 'mails';
/** Mails that no retry will deliver are kept here, for somebody to look at. */
const UNDELIVERABLE = 'undeliverable-mails';
/**
 * A worker that was killed keeps its jobs no longer than this. Longer than the slowest conversation that the transport
 * puts up with: a job that is taken from a worker that lives is a mail sent twice.
 */
const JOB_SECONDS = 240;

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
      maintenanceIntervalSeconds: 30,
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
      expireInSeconds: JOB_SECONDS,
      retryLimit: 12,
      retryDelay: 5,
      retryBackoff: true,
    });
    this.database.afterCommit(manager, () => {
      this.wake();
    });
  }

  onQueued(wake: () => void): void {
    this.wake = wake;
  }

  async take(count: number): Promise<QueuedMail[]> {
    return this.boss.fetch<MailJob>(MAILS, { batchSize: count, includeMetadata: true });
  }

  async done(job: QueuedMail): Promise<void> {
    await this.boss.complete(MAILS, job.id);
  }

  async tryAgain(job: QueuedMail, reason: string): Promise<void> {
    await this.boss.fail(MAILS, job.id, { reason });
  }

  async setAside(job: QueuedMail, reason: string): Promise<void> {
    await this.boss.send(UNDELIVERABLE, { ...job.data, reason }, { retryLimit: 0 });
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
