import type { EventEmitter } from 'node:events';
import { DataSource, type DataSourceOptions } from 'typeorm';

export const SCHEMA = 'authentication';

/** The name of our data source in `@InjectRepository(User, 'authentication')`. */
export const DATA_SOURCE = 'authentication';

/**
 * The database that holds our tables: the URL of a server; options of `pg`'s pool for an embedded database; or the
 * application's own data source, which must list our entities (`AuthenticationModule.entities()`).
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

/** A request that waits longer than this for a connection is answered 503. */
const CONNECTION_TIMEOUT_MS = 1500;
const STATEMENT_TIMEOUT_MS = 10_000;
/** After this time the client gives up on a server that sends nothing at all, as after a failover. */
const SILENCE_MS = STATEMENT_TIMEOUT_MS + 1000;

export const entitiesOf = (parts: readonly DatabaseParts[]): Class[] =>
  parts.flatMap(({ entities = [] }) => [...entities]);

const migrationsOf = (parts: readonly DatabaseParts[]): Class[] =>
  parts.flatMap(({ migrations = [] }) => [...migrations]);

/** Options for our tables and migrations, the same for every kind of connection. */
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

/** Makes our own data source. Its tables are in our schema; the host's TypeORM set-up does not change. */
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

/** Also closes the embedded database, after the last connection to it. */
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
 * Keeps the process alive when a connection breaks. While the pool hands a connection over, it has no `error` listener
 * for a moment, and Node.js would end the process. The pool or the user of the connection still gets the error.
 */
function outliveErrors(client: EventEmitter): void {
  client.on('error', () => undefined);
}
