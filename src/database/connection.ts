import type { OwnConnection } from '../authentication/core/database/data-source.js';
import type { DatabasePooler } from '../config/settings.js';

/** The database of `DATABASE_URL`: a Postgres server, or the embedded one. */
export async function databaseConnection(
  url: string,
  poolSize: number,
  pooler: DatabasePooler = 'session',
): Promise<OwnConnection> {
  const [, directory] = /^pglite:(.+)$/.exec(url) ?? [];
  if (directory === undefined) return { url, poolSize, pooler };
  // Loaded only when it is used.
  const { openEmbeddedPostgres } = await import('./embedded-postgres.js');
  return openEmbeddedPostgres(directory === 'memory' ? null : directory);
}
