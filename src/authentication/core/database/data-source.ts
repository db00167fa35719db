import type { EventEmitter } from 'node:events';
import { DataSource, type DataSourceOptions } from 'typeorm';

export const SCHEMA = 'authentication';

/** The name of our data source in `@InjectRepository(User, 'authentication')`. */
export const DATA_SOURCE = 'authentication';

/**
 * Where the tables live: a server's address; what an embedded database hands to `pg`'s pool; or the application's own
 * data source on the same database, which lists our entities (`AuthenticationModule.entities()`).
 */
export type DatabaseConnection =
  | { url: string; poolSize?: number }
  | { extra: object; poolSize: number; close?: () => Promise<void> }
  | { dataSource: DataSource };

/** Connections that we open ourselves. */
export type OwnConnection = Exclude<DatabaseConnection, { dataSource: DataSource }>;

type Class = new (...parameters: never[]) => object;

/** Entities and migrations of a module, listed as static fields on it. */
export interface DatabaseParts {
  readonly entities?: readonly Class[];
  readonly migrations?: readonly Class[];
}

export const DATABASE_CONNECTION = Symbol('database connection');

/** A wait for a connection that is longer than this is an outage, answered 503. */
const CONNECTION_TIMEOUT_MS = 1500;
const STATEMENT_TIMEOUT_MS = 10_000;
/** A server that says nothing at all, as after a failover, is given up by the client itself. */
const SILENCE_MS = STATEMENT_TIMEOUT_MS + 1000;

export const entitiesOf = (parts: readonly DatabaseParts[]): Class[] =>
  parts.flatMap(({ entities = [] }) => [...entities]);

const migrationsOf = (parts: readonly DatabaseParts[]): Class[] =>
  parts.flatMap(({ migrations = [] }) => [...migrations]);

/** Our tables and our migrations, whatever connection they are reached by. */
export function ourTables(parts: readonly DatabaseParts[]) {
  return {
    type: 'postgres',
    schema: SCHEMA,
    entities: entitiesOf(parts),
    migrations: migrationsOf(parts),
    migrationsTableName: 'migrations',
    synchronize: false,
    logging: false,
  } as const;
}

/** A data source of our own: no clash with the host's tables, and no say in its TypeORM set-up. */
export function authenticationDataSource(
  connection: OwnConnection,
  parts: readonly DatabaseParts[],
): DataSource {
  const timeouts = {
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: SILENCE_MS,
    onConnect: outliveErrors,
  };
  const options: DataSourceOptions = {
    ...ourTables(parts),
    applicationName: 'authentication',
    ...('url' in connection ? { url: connection.url } : {}),
    poolSize: connection.poolSize ?? 10,
    extra: 'extra' in connection ? { ...timeouts, ...connection.extra } : timeouts,
  };
  return new ClosingDataSource(options, 'extra' in connection ? connection.close : undefined);
}

/** Closes what feeds its pool, too: the embedded database ends after the last connection to it. */
class ClosingDataSource extends DataSource {
  constructor(
    options: DataSourceOptions,
    private readonly closeSource: () => Promise<void> = () => Promise.resolve(),
  ) {
    super(options);
  }

  override async destroy(): Promise<void> {
    await super.destroy();
    await this.closeSource();
  }
}

/**
 * A connection that ends while it is handed over has no listener for a moment, and would take the process with it. Who
 * uses it, or the pool, learns of the end all the same.
 */
function outliveErrors(client: EventEmitter): void {
  client.on('error', () => undefined);
}
