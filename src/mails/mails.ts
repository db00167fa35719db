import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AuthenticationModule } from '../authentication/authentication.module.js';
import { Database } from '../authentication/core/database/database.js';
import { MailList } from '../authentication/core/mail/mail-list.js';
import { databaseConnection } from '../database/connection.js';

/** Opens the database of the server, without running its migrations. */
export async function withMails<T>(url: string, work: (mails: MailList) => Promise<T>): Promise<T> {
  assertExists(url);
  const dataSource = AuthenticationModule.dataSource(await databaseConnection(url, 1));
  await dataSource.initialize();
  try {
    return await work(new MailList(new Database(dataSource)));
  } finally {
    await dataSource.destroy();
  }
}

/** Opening an embedded database would create it. */
function assertExists(url: string): void {
  const [, directory] = /^pglite:(.+)$/.exec(url) ?? [];
  if (directory === undefined || existsSync(join(directory, 'PG_VERSION'))) return;
  throw new Error(
    directory === 'memory'
      ? 'DATABASE_URL is pglite:memory: only the server itself can read that database'
      : `There is no database in ${directory} (DATABASE_URL): start the server first`,
  );
}
