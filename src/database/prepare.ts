import 'reflect-metadata';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { serverSettings } from '../config/settings.js';
import { createApplication } from '../http/application.js';
import { databaseConnection } from './connection.js';
import { LOCK_FILE } from './directory-lock.js';

/** No secret is in the database that is made here, but the settings need a key. */
const ANY_KEY = Buffer.alloc(32).toString('base64');

/** Makes the tables in an embedded database, as a first start does, for the build: `node dist/database/prepare.js DIR`. */
async function prepare(directory: string): Promise<void> {
  const url = `pglite:${directory}`;
  const settings = serverSettings({ SECRET_KEY: ANY_KEY, DATABASE_URL: url, LOG_LEVEL: 'silent' });
  const application = await createApplication(settings, await databaseConnection(url, 1));
  await application.close();
  rmSync(join(directory, LOCK_FILE));
}

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('Name the directory');
prepare(directory).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
