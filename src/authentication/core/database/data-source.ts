import type { EventEmitter } from 'node:events';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { Environment } from '../settings/environment.js';
import { Connections, connectionsOf } from './connections.js';
import { poolOf } from './pool.js';
import { serverAddress } from './server-address.js';

export const SCHEMA = 'authentication';

/** The name of our data source in `@InjectRepository(User, 'authentication')`. */
export const DATA_SOURCE = 'authentication';

/**
 * The database that holds our tables: the URL of a server, with `pooler: 'transaction'` if a pooler in transaction mode
 * is before it; options of `pg`'s pool for an embedded database; or the application's own data source, which must list
 * our entities (`AuthenticationModule.entities()`).
 */
export type DatabaseConnection =
  | { url: string; poolSize?: number; pooler?: 'session' | 'transaction' }
  | { extra: object; poolSize: number; close?: () => Promise<void> }
  | { dataSource: DataSource };

/** Connections that we open ourselves. */
export type OwnConnection = Exclude<DatabaseConnection, { dataSource: DataSource }>;

type Class = new (...parameters: never[]) => object;

/** Entities and migrations of a module, listed as static fields on it. */
export interface DatabaseParts {
  readonly entities?: readonly Class[];
  readonly migrations?: readonly Class[];
  /**
   * Further migrations, which only a setting asks for. They stay in the database when it is switched off.
   * @throws SettingError where the setting cannot be used with this database
   */
  migrationsFor?(environment: Environment, connection: DatabaseConnection): readonly Class[];
}

export const DATABASE_CONNECTION = Symbol('database connection');

/** A request that waits longer than this for a connection is answered 503. */
const CONNECTION_TIMEOUT_MS = 1500;
/** After this time an unanswered statement fails, on the embedded database. */
const EMBEDDED_TIMEOUT_MS = 11_000;
const KEEP_ALIVE_DELAY_MS = 10_000;

export const entitiesOf = (parts: readonly DatabaseParts[]): Class[] =>
  parts.flatMap(({ entities = [] }) => [...entities]);

const migrationsOf = (parts: readonly DatabaseParts[]): Class[] =>
  parts.flatMap(({ migrations = [] }) => [...migrations]);

/** The parts with the migrations that the settings ask for. */
export const partsFor = (
  parts: readonly DatabaseParts[],
  environment: Environment,
  connection: DatabaseConnection,
): DatabaseParts[] =>
  parts.map((part) => ({
    entities: part.entities ?? [],
    migrations: [...(part.migrations ?? []), ...(part.migrationsFor?.(environment, connection) ?? [])],
  }));

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
  const options = { ...ourTables(parts), poolSize: connection.poolSize ?? 10 };
  if ('extra' in connection) {
    return new ClosingDataSource({ ...options, extra: embedded(connection.extra) }, connection.close);
  }
  const address = { application_name: 'authentication', ...serverAddress(connection.url) };
  const connections = new Connections(address, connection.pooler ?? 'session');
  const extra = { ...address, ...POOL, onConnect: connections.onConnect };
  const dataSource = new ClosingDataSource({ ...options, extra });
  connections.belongTo(dataSource, () => (dataSource.isInitialized ? poolOf(dataSource) : undefined));
  return dataSource;
}

const POOL = {
  connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
  keepAlive: true,
  keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
};

const embedded = (extra: object): object => ({
  connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
  query_timeout: EMBEDDED_TIMEOUT_MS,
  // Keeps the process alive when the connection breaks while the pool hands it over: then it has no listener.
  onConnect: (client: EventEmitter) => client.on('error', () => undefined),
  ...extra,
});

/** Does not wait for connections that are dead, and closes the embedded database after the last connection to it. */
class ClosingDataSource extends DataSource {
  constructor(
    options: DataSourceOptions,
    private readonly closeSource: () => Promise<void> = () => Promise.resolve(),
  ) {
    super(options);
  }

  override async destroy(): Promise<void> {
    connectionsOf(this)?.watch.beginToClose();
    await super.destroy();
    connectionsOf(this)?.watch.endAll();
    await this.closeSource();
  }
}
