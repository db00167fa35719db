import type { EventEmitter } from 'node:events';
import { DataSource } from 'typeorm';

export const SCHEMA = 'authentication';

/** Where the tables live: a server's address, or what the embedded database hands to `pg`'s pool. */
export type DatabaseConnection =
  { url: string; poolSize?: number } | { extra: object; poolSize: number; close?: () => Promise<void> };

type Class = abstract new (...parameters: never[]) => object;

/** Entities and migrations of a module, listed as static fields on it. */
export interface DatabaseParts {
  readonly entities?: readonly Class[];
  readonly migrations?: readonly Class[];
}

/** A wait for a connection that is longer than this is an outage, answered 503. */
const CONNECTION_TIMEOUT_MS = 1500;
const STATEMENT_TIMEOUT_MS = 10_000;
/** A server that says nothing at all, as after a failover, is given up by the client itself. */
const SILENCE_MS = STATEMENT_TIMEOUT_MS + 1000;

/** A data source of our own: no clash with the host's tables, and no say in its TypeORM set-up. */
export function authenticationDataSource(
  connection: DatabaseConnection,
  parts: readonly DatabaseParts[],
): DataSource {
  const timeouts = {
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: SILENCE_MS,
    onConnect: outliveErrors,
  };
  return new DataSource({
    type: 'postgres',
    schema: SCHEMA,
    applicationName: 'authentication',
    ...('url' in connection ? { url: connection.url } : {}),
    poolSize: connection.poolSize ?? 10,
    extra: 'extra' in connection ? { ...timeouts, ...connection.extra } : timeouts,
    entities: parts.flatMap(({ entities = [] }) => [...entities]),
    migrations: parts.flatMap(({ migrations = [] }) => [...migrations]),
    migrationsTableName: 'migrations',
    synchronize: false,
    logging: false,
  });
}

/**
 * A connection that ends while it is handed over has no listener for a moment, and would take the process with it. Who
 * uses it, or the pool, learns of the end all the same.
 */
function outliveErrors(client: EventEmitter): void {
  client.on('error', () => undefined);
}
