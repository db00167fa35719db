import type PgBoss from 'pg-boss';
import type { EntityManager } from 'typeorm';
import type { MailJob } from './mail-job.js';

/** The schema of pg-boss. */
export const SCHEMA = 'authentication_jobs';

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

/** Lets pg-boss work in a transaction of ours. */
export function within(manager: EntityManager): PgBoss.Db {
  return {
    executeSql: async (text: string, values: unknown[]) => {
      const result = (await manager.queryRunner?.query(text, values, true)) as {
        records?: unknown[];
        raw: unknown[];
      };
      return { rows: result.records ?? result.raw };
    },
  };
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
