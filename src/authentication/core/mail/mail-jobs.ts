import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, returning } from '../database/database.js';
import { hasUser, KEPT_DAYS, MAILS, SCHEMA, UNDELIVERABLE } from './job-rows.js';
import type { QueuedMail } from './mail-queue.js';
import { PAUSE } from './tries.js';

/** A job that this worker took. When another worker took it over, it counts one more try. */
const MINE = "name = $1 AND id = $2 AND state = 'active' AND retry_count = $3";

/**
 * What the worker writes about the jobs that it took. Every statement may run twice: after a lost answer of the
 * database, the worker writes again.
 */
@Injectable()
export class MailJobs {
  constructor(private readonly database: Database) {}

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

  /** The mails were sent, or must not be sent. Their jobs are deleted, because they hold addresses. */
  async done(jobs: readonly QueuedMail[]): Promise<void> {
    await this.database.pool.query(`DELETE FROM ${SCHEMA}.job WHERE name = $1 AND id = ANY ($2::uuid[])`, [
      MAILS,
      jobs.map((job) => job.id),
    ]);
  }

  async tryAgain(job: QueuedMail, reason: string): Promise<void> {
    await this.keep(
      job,
      `UPDATE ${SCHEMA}.job SET state = 'retry', start_after = now() + ${PAUSE},
         output = jsonb_build_object('reason', $4::text) WHERE ${MINE}`,
      [reason],
    );
  }

  /** Keeps a mail that cannot be delivered, for the operator. `MailList` queues it again. */
  async setAside(job: QueuedMail, reason: string): Promise<void> {
    // Without the mark: when the operator queues the mail again, it gets a new token.
    await this.keep(
      job,
      `WITH taken AS (DELETE FROM ${SCHEMA}.job WHERE ${MINE} RETURNING *)
       INSERT INTO ${SCHEMA}.job (id, name, data, retry_limit, retry_count, retry_delay, started_on, keep_until)
       SELECT id, $5, data - 'issued' || jsonb_build_object('reason', $4::text), retry_limit, retry_count,
         retry_delay, started_on, now() + interval '${KEPT_DAYS} days' FROM taken`,
      [reason, UNDELIVERABLE],
    );
  }

  /** Gives jobs back that were not tried: another worker, or this one after its restart, takes them at once. */
  async handBack(jobs: readonly QueuedMail[]): Promise<void> {
    await this.database.pool.query(
      `UPDATE ${SCHEMA}.job SET state = 'created', start_after = now(), retry_count = GREATEST(retry_count - 1, 0),
         started_on = CASE WHEN retry_count > 0 THEN started_on END
       WHERE name = $1 AND state = 'active'
         AND (id, retry_count) IN (SELECT * FROM unnest($2::uuid[], $3::int[]))`,
      [MAILS, jobs.map((job) => job.id), jobs.map((job) => job.retryCount)],
    );
  }

  /** Writes what happens to the mail, unless its user was deleted meanwhile. */
  private async keep(job: QueuedMail, statement: string, values: readonly string[]): Promise<void> {
    await this.database.transaction(async (manager) => {
      if (await hasUser(job, manager))
        await manager.query(statement, [MAILS, job.id, job.retryCount, ...values]);
      else await manager.query(`DELETE FROM ${SCHEMA}.job WHERE name = $1 AND id = $2`, [MAILS, job.id]);
    });
  }
}
