import type { OwnConnection } from '../authentication/core/database/data-source.js';

/** The database of `DATABASE_URL`: a Postgres server, or the embedded one. */
export async function databaseConnection(url: string, poolSize: number): Promise<OwnConnection> {
  const [, directory] = /^pglite:(.+)$/.exec(url) ?? [];
  if (directory === undefined) return { url, poolSize };
  // Loaded only when it is used.
  const { openEmbeddedPostgres } = await import('./embedded-postgres.js');
  return openEmbeddedPostgres(directory === 'memory' ? null : directory);
}
