import { DataSource, type DataSourceOptions } from 'typeorm';
import { connectionsOf } from './connections.js';
import { SCHEMA } from './data-source.js';
import { ensureSchema } from './schema.js';

/**
 * The data source for TypeORM's command line (`migration:run`, `show`, `revert`, `generate`), which needs one that is
 * not initialised yet: it initialises the data source itself.
 */
export class CommandLineDataSource extends DataSource {
  /**
   * @param server a data source from `AuthenticationModule.dataSource`
   * @param afterwards closes anything else at the end, such as the embedded database
   */
  constructor(
    server: DataSource,
    private readonly afterwards: () => Promise<void> = () => Promise.resolve(),
  ) {
    super(withoutLimits(server));
  }

  override async initialize(): Promise<this> {
    await super.initialize();
    // TypeORM keeps its list of migrations in our schema, but does not create the schema.
    await ensureSchema(this, SCHEMA);
    // `migration:generate` skips entities with `synchronize: false`, so it is set to true here. The tables of
    // many-to-many relations stay skipped: TypeORM cannot describe the indexes and foreign keys of our migrations.
    for (const metadata of this.entityMetadatas) metadata.synchronize = metadata.tableType !== 'junction';
    return this;
  }

  override async destroy(): Promise<void> {
    await super.destroy();
    await this.afterwards();
  }
}

/** A migration may take long. The time limits of `authenticationDataSource` are for requests. */
function withoutLimits(server: DataSource): DataSourceOptions {
  const { options } = server;
  const connections = connectionsOf(server)?.withoutLimits();
  const patient = { query_timeout: 0, ...(connections && { onConnect: connections.onConnect }) };
  // As at the server's start: each migration has its own transaction, so that a migration can switch it off.
  return {
    ...options,
    extra: { ...(options.extra as object), ...patient },
    migrationsTransactionMode: 'each',
  };
}
