import { DataSource, type DataSourceOptions } from 'typeorm';
import { SCHEMA } from './data-source.js';

/** No time limits: a migration may take long. The limits of `authenticationDataSource` are for requests. */
const NO_LIMITS = { statement_timeout: 0, idle_in_transaction_session_timeout: 0, query_timeout: 0 };

/**
 * The data source for TypeORM's command line (`migration:run`, `show`, `revert`, `generate`), which needs one that is
 * not initialised yet: it initialises the data source itself.
 */
export class CommandLineDataSource extends DataSource {
  /**
   * @param server a data source from `AuthenticationModule.dataSource`
   * @param close closes anything else at the end, such as the embedded database
   */
  constructor(
    server: DataSource,
    private readonly close: () => Promise<void> = () => Promise.resolve(),
  ) {
    super(withoutLimits(server.options));
  }

  override async initialize(): Promise<this> {
    await super.initialize();
    // TypeORM keeps its list of migrations in our schema, but does not create the schema.
    await this.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
    // `migration:generate` skips entities with `synchronize: false`, so it is set to true here. The tables of
    // many-to-many relations stay skipped: TypeORM cannot describe the indexes and foreign keys of our migrations.
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
  // As at the server's start: each migration has its own transaction, so that a migration can switch it off.
  return { ...options, extra, migrationsTransactionMode: 'each' };
}
