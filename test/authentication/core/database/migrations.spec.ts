import pg from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AuthenticationModule, FEATURES } from '../../../../src/authentication/authentication.module.js';
import {
  authenticationDataSource,
  type DatabaseConnection,
} from '../../../../src/authentication/core/database/data-source.js';
import { migrate, revertAll } from '../../../../src/authentication/core/database/migrate.js';
import { Environment } from '../../../../src/authentication/core/settings/environment.js';
import { isEmbedded, startApplication, testDatabase, testVariables } from '../../../support/application.js';

const TABLES = `SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'authentication' AND relkind IN ('r', 'v', 'm', 'S', 'f', 'p') AND relname NOT LIKE 'migrations%'`;

class LargeMigration1999000000000 implements MigrationInterface {
  static limits: unknown;
  readonly name = 'LargeMigration1999000000000';

  async up(runner: QueryRunner): Promise<void> {
    LargeMigration1999000000000.limits = await runner.query('SHOW statement_timeout');
  }

  async down(): Promise<void> {
    await Promise.resolve();
  }
}

describe('migrations', () => {
  // Earlier specs in this database may have run migrations of their own features.
  beforeAll(async () => {
    const dataSource = await AuthenticationModule.dataSource(testDatabase()).initialize();
    await dataSource.query('DROP SCHEMA IF EXISTS authentication CASCADE');
    await dataSource.destroy();
  });

  it('run once: a second start runs none', async () => {
    await (await startApplication()).close();
    const dataSource = await AuthenticationModule.dataSource(testDatabase()).initialize();
    const recorded = () => dataSource.query<{ name: string }[]>('SELECT name FROM authentication.migrations');
    const before = await recorded();
    expect(before.map(({ name }) => name)).toContain('CreateAuthentication1795000000000');
    expect(await migrate(dataSource)).toEqual([]);
    expect(await recorded()).toEqual(before);
    await dataSource.destroy();
  });

  it('can all be reverted and run again', async () => {
    const first = await startApplication();
    await first.signUp();
    await first.mailbox.settled();
    await first.close();
    // Some migrations are there only with a setting.
    const dataSource = await AuthenticationModule.dataSource(
      testDatabase(),
      FEATURES,
      new Environment(testVariables()),
    ).initialize();
    try {
      await revertAll(dataSource);
      expect(await dataSource.query(TABLES)).toEqual([]);
      expect(await dataSource.query('SELECT * FROM authentication.migrations')).toEqual([]);
      expect(await migrate(dataSource)).toContain('CreateAuthentication1795000000000');
    } finally {
      await dataSource.destroy();
    }
    const second = await startApplication();
    await second.person({ verified: true });
    await second.close();
  });

  it('create nothing in the schema of the host', async () => {
    const app = await startApplication();
    const own = ['authentication', 'authentication_jobs'];
    const rows = await app.query<{ nspname: string }>(
      `SELECT DISTINCT nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND nspname NOT LIKE 'pg_temp%'`,
    );
    expect(rows.map(({ nspname }) => nspname).sort()).toEqual(own);
    await app.close();
  });

  it('may take longer than the time limit of a request', async () => {
    const dataSource = await authenticationDataSource(testDatabase(), [
      { migrations: [LargeMigration1999000000000] },
    ]).initialize();
    try {
      await migrate(dataSource);
      expect(LargeMigration1999000000000.limits).toEqual([{ statement_timeout: '0' }]);
      if (!isEmbedded()) {
        expect(await dataSource.query('SHOW statement_timeout')).toEqual([{ statement_timeout: '4s' }]);
      }
    } finally {
      await dataSource.query("DELETE FROM authentication.migrations WHERE name LIKE 'Large%'");
      await dataSource.destroy();
    }
  });

  // The embedded database serves one application at a time.
  if (!isEmbedded()) {
    it('run once when instances start at the same time on an empty database', async () => {
      const database = await emptyDatabase();
      const apps = await Promise.all([1, 2, 3].map(() => startApplication({ database })));
      const [first, second] = apps;
      const names = await first?.query<{ name: string }>('SELECT name FROM authentication.migrations');
      expect(new Set(names?.map(({ name }) => name)).size).toBe(names?.length);
      expect(names?.length).toBeGreaterThan(0);
      const { email } = (await first?.signUp()) ?? { email: '' };
      await second?.signIn(email);
      await Promise.all(apps.map((app) => app.close()));
    });
  }
});

async function emptyDatabase(): Promise<DatabaseConnection> {
  const { url } = testDatabase() as { url: string };
  const empty = new URL(url);
  empty.pathname += '_empty';
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${empty.pathname.slice(1)}`);
  await client.query(`CREATE DATABASE ${empty.pathname.slice(1)}`);
  await client.end();
  return { url: empty.href, poolSize: 4 };
}
