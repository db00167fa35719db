import pg from 'pg';
import { Database } from '../../../../src/authentication/core/database/database.js';
import {
  isEmbedded,
  PASSWORD,
  startApplication,
  testDatabase,
  type TestApplication,
} from '../../../support/application.js';
import { until } from '../../../support/until.js';

/** What the owner of a database may have set for it, or for the role. */
const SETTINGS = {
  datestyle: 'German, DMY',
  intervalstyle: 'sql_standard',
  timezone: 'Asia/Kathmandu',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  standard_conforming_strings: 'off',
  search_path: 'nowhere',
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  lock_timeout: '1001',
  statement_timeout: '1001',
  idle_in_transaction_session_timeout: '1001',
  array_nulls: 'off',
  client_min_messages: 'debug1',
  client_encoding: 'LATIN1',
};

describe('a database that can be written to', () => {
  it('is told from one that is read-only', async () => {
    const app = await startApplication();
    await app.get(Database).assertWritable();
    await app.close();
  });
});

// The embedded database has no other owner.
if (!isEmbedded()) {
  describe('a database with settings of its owner', () => {
    const { url } = testDatabase() as { url: string };
    const name = `${new URL(url).pathname.slice(1)}_owned`;
    const owned = Object.assign(new URL(url), { pathname: `/${name}` }).href;
    const owner = new pg.Client({ connectionString: url });
    let app: TestApplication;

    const set = (setting: string, value: string) =>
      owner.query(
        `ALTER DATABASE ${name} SET ${setting} = ${setting === 'search_path' ? value : `'${value}'`}`,
      );
    const endConnections = () =>
      owner.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);

    beforeAll(async () => {
      await owner.connect();
      await owner.query(`DROP DATABASE IF EXISTS ${name}`);
      await owner.query(`CREATE DATABASE ${name}`);
      for (const [setting, value] of Object.entries(SETTINGS)) await set(setting, value);
      app = await startApplication({ database: { url: owned, poolSize: 4 } });
    });
    afterAll(async () => {
      await app.close();
      await owner.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await owner.end();
    });

    it('is used as if it had none of them', async () => {
      const { token, email } = await app.person({ verified: true });
      const { body } = await app.as(token).get('/sessions/current').expect(200);
      expect(Math.abs(Date.parse((body as { created_at: string }).created_at) - Date.now())).toBeLessThan(
        600_000,
      );
      await app
        .as(token)
        .put('/identity/email')
        .send({ current_password: PASSWORD, email: `new.${email}` });
      const { headers } = await app.as(token).post('/sessions/current/renewal').expect(201);
      await app.as(String(headers['x-session-token'])).get('/me').expect(200);
    });

    it('has the settings that we rely on on every connection', async () => {
      const ours = {
        DateStyle: 'ISO, MDY',
        IntervalStyle: 'postgres',
        TimeZone: 'UTC',
        bytea_output: 'hex',
        extra_float_digits: '1',
        standard_conforming_strings: 'on',
        default_transaction_isolation: 'read committed',
      };
      const columns = Object.keys(ours).map((setting) => `current_setting('${setting}') AS "${setting}"`);
      expect(await app.query(`SELECT ${columns.join(', ')}`)).toEqual([ours]);
    });

    it('has our time limits on every connection', async () => {
      const [limits] = await app.query(`SELECT current_setting('statement_timeout') AS statement,
        current_setting('lock_timeout') AS lock, current_setting('idle_in_transaction_session_timeout') AS idle`);
      expect(limits).toEqual({ statement: '4s', lock: '2s', idle: '5s' });
    });

    it('lets one person sign in several times at once, and fail several times at once', async () => {
      const { email } = await app.person();
      const attempt = (password: string) => app.anonymous.post('/sign_in').send({ email, password });
      const entered = await Promise.all([1, 2, 3, 4, 5, 6].map(() => attempt(PASSWORD)));
      expect(entered.map(({ status }) => status)).toEqual(Array(6).fill(201));
      const failed = await Promise.all([1, 2, 3, 4].map(() => attempt('a wrong password of mine')));
      expect(failed.map(({ status }) => status)).toEqual(Array(4).fill(401));
    });

    it('is unavailable while it is read-only, and is used again afterwards without a restart', async () => {
      const { email } = await app.signUp();
      await set('default_transaction_read_only', 'on');
      await endConnections();
      const signIn = () => app.anonymous.post('/sign_in').send({ email, password: PASSWORD });
      await until(async () => (await signIn()).status === 503);
      await expect(app.get(Database).assertWritable()).rejects.toThrow('The database is read-only');
      await set('default_transaction_read_only', 'off');
      // The connections are not ended here: those that found the database read-only are not used again.
      await until(async () => (await signIn()).status === 201);
    });

    it('gets a new connection after the only one was found to be read-only', async () => {
      const alone = await startApplication({ database: { url: owned, poolSize: 1 } });
      await alone.query('SET default_transaction_read_only = on');
      const statusOf = async () => {
        const email = alone.newEmail();
        const form = { email, password: PASSWORD, password_confirmation: PASSWORD };
        return (await alone.anonymous.post('/sign_up').send(form)).status;
      };
      await until(async () => (await statusOf()) === 201);
      await alone.close();
    });

    it('answers 503 and Retry-After when another transaction holds a row for long', async () => {
      const { email } = await app.signUp();
      const other = new pg.Client({ connectionString: owned, statement_timeout: 60_000 });
      await other.connect();
      await other.query('SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0');
      await other.query('BEGIN');
      await other.query('SELECT 1 FROM authentication.users WHERE email = $1 FOR UPDATE', [email]);
      const answer = await app.anonymous.post('/sign_in').send({ email, password: PASSWORD });
      await other.query('ROLLBACK');
      await other.end();
      expect(answer.status).toBe(503);
      expect(answer.body).toMatchObject({ code: 'unavailable' });
      expect(answer.headers['retry-after']).toMatch(/^\d+$/);
      await app.signIn(email);
    });
  });
}
