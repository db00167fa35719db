import type { EntityManager } from 'typeorm';
import type { MailJob } from './mail-job.js';

/** The schema of pg-boss. */
export const SCHEMA = 'authentication_jobs';

export const MAILS = 'mails';
/** The queue that keeps mails that cannot be delivered, for the operator to look at. */
export const UNDELIVERABLE = 'undeliverable-mails';

/** How long a mail that cannot be delivered is kept. Every other job is deleted when it ends: it holds an address. */
export const KEPT_DAYS = 7;

/** When a killed worker's job is found, it is tried again this many seconds later. */
export const RETRY_DELAY = 5;
/** pg-boss frees a job by the clock after this time, which never comes: `Reservations` does it long before. */
export const EXPIRY = '23 hours';

/** Deletes jobs, except those that a worker has. */
export async function removeJobs(
  manager: EntityManager,
  condition: string,
  values: unknown[],
): Promise<void> {
  for (const table of ['job', 'archive']) {
    await manager.query(`DELETE FROM ${SCHEMA}.${table} WHERE ${condition} AND state <> 'active'`, values);
  }
}

/** False for a mail to a user who was deleted meanwhile. Waits for a deletion that is not committed yet. */
export async function hasUser(
  { data: { user_id: id } }: { data: MailJob },
  manager: EntityManager,
): Promise<boolean> {
  if (id === undefined) return true;
  const rows = await manager.query<unknown[]>(
    'SELECT 1 FROM authentication.users WHERE id = $1 FOR KEY SHARE',
    [id],
  );
  return rows.length > 0;
}
