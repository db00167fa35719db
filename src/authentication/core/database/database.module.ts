import { Module, type DynamicModule } from '@nestjs/common';
import { authenticationDataSource, type DatabaseConnection, type DatabaseParts } from './data-source.js';
import { Database } from './database.js';
import { migrate } from './migrate.js';

@Module({})
export class DatabaseModule {
  static with(connection: DatabaseConnection, parts: readonly DatabaseParts[]): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [{ provide: Database, useFactory: () => openDatabase(connection, parts) }],
      exports: [Database],
    };
  }
}

async function openDatabase(
  connection: DatabaseConnection,
  parts: readonly DatabaseParts[],
): Promise<Database> {
  const dataSource = await authenticationDataSource(connection, parts).initialize();
  try {
    await migrate(dataSource);
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
  return new Database(dataSource, ('close' in connection && connection.close) || (() => Promise.resolve()));
}
