import 'reflect-metadata';
import { AuthenticationModule } from '../authentication/authentication.module.js';
import { CommandLineDataSource } from '../authentication/core/database/command-line-data-source.js';
import { Environment } from '../authentication/core/settings/environment.js';
import { environmentVariables } from '../config/dot-env.js';
import { databasePooler, databaseUrl } from '../config/settings.js';
import { databaseConnection } from './connection.js';

/** For TypeORM's command line, after a build: `npx typeorm migration:show -d dist/database/cli-data-source.js` */
export const dataSource = openDatabase();

async function openDatabase(): Promise<CommandLineDataSource> {
  const environment = new Environment(environmentVariables());
  const connection = await databaseConnection(databaseUrl(environment), 1, databasePooler(environment));
  return new CommandLineDataSource(
    AuthenticationModule.dataSource(connection, undefined, environment),
    'close' in connection ? connection.close : undefined,
  );
}
