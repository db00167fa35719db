import { DataSource, type DataSourceOptions } from 'typeorm';
import { SCHEMA } from './data-source.js';

/** A migration may take its time. The limits of `authenticationDataSource` are meant for requests. */
const NO_LIMITS = { statement_timeout: 0, idle_in_transaction_session_timeout: 0, query_timeout: 0 };

/**
 * The data source for TypeORM's command line (`migration:run`, `show`, `revert`, `generate`), which wants one that is
 * not initialised yet and initialises it by itself.
 */
export class CommandLineDataSource extends DataSource {
  /**
   * @param server a data source as `AuthenticationModule.dataSource` makes it
   * @param close what else to close at the end, such as the embedded database
   */
  constructor(
    server: DataSource,
    private readonly close: () => Promise<void> = () => Promise.resolve(),
  ) {
    super(withoutLimits(server.options));
  }

  override async initialize(): Promise<this> {
    await super.initialize();
    // TypeORM keeps its list of migrations in our schema, and does not make the schema by itself.
    await this.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
    // `migration:generate` skips an entity that says `synchronize: false`. A table of a many-to-many relation stays
    // skipped: its indexes and foreign keys are as the migration made them, TypeORM can only describe its own.
    for (const metadata of this.entityMetadatas) metadata.synchronize = metadata.tableType !== 'junction';
    return this;
  }

  override async destroy(): Promise<void> {
    await super.destroy();
    await this.close();
  }
}

function withoutLimits(options: DataSourceOptions): DataSourceOptions {
  const extra = { ...(options.extra as object), ...NO_LIMITS };
  // As at the server's start: each migration in a transaction of its own, so that one may ask for none.
  return { ...options, extra, migrationsTransactionMode: 'each' };
}
