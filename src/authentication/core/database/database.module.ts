import { Module, type DynamicModule } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import {
  authenticationDataSource,
  DATA_SOURCE,
  DATABASE_CONNECTION,
  entitiesOf,
  partsFor,
  type DatabaseConnection,
  type DatabaseParts,
} from './data-source.js';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { SETTINGS } from '../settings/settings.js';
import { Database } from './database.js';
import { hostDataSource, migratingDataSource } from './host-data-source.js';
import { migrate } from './migrate.js';

/** The options that Nest passes to `dataSourceFactory`. */
type Opening = TypeOrmModuleOptions & { connection: DatabaseConnection; parts: DatabaseParts[] };

/**
 * Our data source, registered with @nestjs/typeorm under the name `authentication`: `@InjectRepository(User,
 * 'authentication')` works in every module of the application.
 */
@Module({})
export class DatabaseModule {
  static of(parts: readonly DatabaseParts[]): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({
          name: DATA_SOURCE,
          inject: [DATABASE_CONNECTION, SETTINGS],
          useFactory: (connection: DatabaseConnection, { environment }: AuthenticationSettings): Opening => ({
            connection,
            parts: partsFor(parts, environment, connection),
            // @nestjs/typeorm 11 reads the name here when it closes the data source.
            name: DATA_SOURCE,
            // No retries: a failed start ends with one line that says why. Your process manager starts it again.
            toRetry: () => false,
          }),
          dataSourceFactory: (options) => openDataSource(options as unknown as Opening),
        }),
        TypeOrmModule.forFeature(entitiesOf(parts), DATA_SOURCE),
      ],
      providers: [
        {
          provide: Database,
          inject: [getDataSourceToken(DATA_SOURCE)],
          useFactory: (dataSource: DataSource) => new Database(dataSource),
        },
      ],
      exports: [Database, TypeOrmModule],
    };
  }
}

/** Opens the data source and brings its tables up to date. */
async function openDataSource({ connection, parts }: Opening): Promise<DataSource> {
  if ('dataSource' in connection) {
    const lent = await hostDataSource(connection.dataSource, parts);
    await migrated(migratingDataSource(connection.dataSource, parts), (dataSource) => dataSource.destroy());
    return lent;
  }
  return migrated(authenticationDataSource(connection, parts));
}

async function migrated(
  dataSource: DataSource,
  afterwards: (dataSource: DataSource) => Promise<void> = () => Promise.resolve(),
): Promise<DataSource> {
  await dataSource.initialize();
  try {
    await migrate(dataSource);
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
  await afterwards(dataSource);
  return dataSource;
}
