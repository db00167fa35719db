import pg from 'pg';
import { AuthenticationModule } from '../../../../src/authentication/authentication.module.js';
import { ensureSchema } from '../../../../src/authentication/core/database/schema.js';
import { isEmbedded, startApplication, testDatabase } from '../../../support/application.js';

describe('a schema of ours', () => {
  it('is created if it is missing, and left alone otherwise', async () => {
    const dataSource = await AuthenticationModule.dataSource(testDatabase()).initialize();
    const tables = () =>
      dataSource.query<object[]>("SELECT 1 FROM pg_tables WHERE schemaname = 'spec_schema'");
    try {
      await ensureSchema(dataSource, 'spec_schema');
      await dataSource.query('CREATE TABLE spec_schema.kept ()');
      await ensureSchema(dataSource, 'spec_schema');
      expect(await tables()).toHaveLength(1);
    } finally {
      await dataSource.query('DROP SCHEMA IF EXISTS spec_schema CASCADE');
      await dataSource.destroy();
    }
  });
});

// The embedded database has one role, which may do everything.
if (!isEmbedded()) {
  describe('a role with few rights', () => {
    const { url } = testDatabase() as { url: string };
    const base = new URL(url).pathname.slice(1);
    const [role, name] = [`${base}_role`, `${base}_rights`];
    const admin = new pg.Client({ connectionString: url });
    const database = () => {
      const own = new URL(url);
      own.pathname = `/${name}`;
      own.username = role;
      own.password = 'secret';
      return { url: own.href, poolSize: 4 };
    };
    const inside = async (...statements: string[]): Promise<void> => {
      const client = new pg.Client({
        connectionString: Object.assign(new URL(url), { pathname: `/${name}` }).href,
      });
      await client.connect();
      for (const statement of statements) await client.query(statement);
      await client.end();
    };
    const works = async (): Promise<void> => {
      const app = await startApplication({ database: database() });
      await app.person({ verified: true });
      await app.close();
    };

    beforeAll(async () => {
      await admin.connect();
      await admin.query(`DROP ROLE IF EXISTS ${role}`);
      await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
    });
    beforeEach(async () => {
      await admin.query(`CREATE DATABASE ${name}`);
      await inside(`REVOKE CREATE ON DATABASE ${name} FROM PUBLIC`);
    });
    afterEach(() => admin.query(`DROP DATABASE ${name} WITH (FORCE)`));
    afterAll(async () => {
      await admin.query(`DROP ROLE ${role}`);
      await admin.end();
    });

    it('uses the schemas that an administrator has made', async () => {
      await inside(
        `CREATE SCHEMA authentication AUTHORIZATION ${role}`,
        `CREATE SCHEMA authentication_jobs AUTHORIZATION ${role}`,
      );
      await works();
    });

    it('is told the statements that an administrator runs', async () => {
      const failed = startApplication({ database: database() });
      await expect(failed).rejects.toThrow(
        new RegExp(
          `^database: the role ${role} may not create schemas\\. An administrator runs: ` +
            `CREATE SCHEMA IF NOT EXISTS authentication AUTHORIZATION ${role}; ` +
            `CREATE SCHEMA IF NOT EXISTS authentication_jobs AUTHORIZATION ${role};$`,
        ),
      );
    });

    it('runs the server without the right to change tables, once they are there', async () => {
      const own = Object.assign(new URL(url), { pathname: `/${name}` }).href;
      await (await startApplication({ database: { url: own, poolSize: 4 } })).close();
      for (const schema of ['authentication', 'authentication_jobs']) {
        await inside(
          `GRANT USAGE ON SCHEMA ${schema} TO ${role}`,
          `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}`,
          `GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role}`,
        );
      }
      await works();
    });
  });
}
