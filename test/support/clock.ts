import { Database } from '../../src/authentication/core/database/database.js';
import type { TestApplication } from './application.js';

/** Lets time pass: moves all times in the tables into the past. The database's clock does not change. */
export async function letTimePass(application: TestApplication, interval: string): Promise<void> {
  const { pool } = application.get(Database);
  const { rows } = await pool.query<{ statement: string }>(
    `SELECT format('UPDATE authentication.%I SET %s', table_name,
       string_agg(format('%1$I = %1$I - $1::interval', column_name), ', ')) AS statement
     FROM information_schema.columns
     WHERE table_schema = 'authentication' AND table_name <> 'migrations' AND data_type LIKE 'timestamp%'
     GROUP BY table_name`,
  );
  for (const { statement } of rows) await pool.query(statement, [interval]);
}

/** Lets time pass for the mails in the queue. */
export async function letQueueTimePass(application: TestApplication, interval: string): Promise<void> {
  await application.query(
    `UPDATE authentication_jobs.job SET created_on = created_on - $1::interval,
       start_after = start_after - $1::interval, started_on = started_on - $1::interval,
       keep_until = keep_until - $1::interval`,
    [interval],
  );
}
