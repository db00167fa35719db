import type { OwnConnection } from '../authentication/core/database/data-source.js';
import type { DatabasePooler } from '../config/settings.js';
import { openEmbeddedPostgres } from './embedded-postgres.js';

/** The database of `DATABASE_URL`: a Postgres server, or the embedded one. */
export async function databaseConnection(
  url: string,
  poolSize: number,
  pooler: DatabasePooler = 'session',
): Promise<OwnConnection> {
  const [, directory] = /^pglite:(.+)$/.exec(url) ?? [];
  if (directory === undefined) return { url, poolSize, pooler };
  return openEmbeddedPostgres(directory === 'memory' ? null : directory);
}
