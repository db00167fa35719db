import { DataSource } from 'typeorm';
import { AuthenticationModule, FEATURES } from '../../../../src/authentication/authentication.module.js';
import { Database } from '../../../../src/authentication/core/database/database.js';
import { Environment } from '../../../../src/authentication/core/settings/environment.js';
import {
  isEmbedded,
  PASSWORD,
  startApplication,
  type TestApplication,
} from '../../../support/application.js';
import { Statements } from '../../../support/statements.js';
import { until } from '../../../support/until.js';
import { Reads, refused, serverUrl, startCached } from './cached.js';

const TRIGGERS = `SELECT tgname FROM pg_trigger WHERE tgname LIKE 'announce_%'`;
const LISTENERS = `SELECT pid FROM pg_stat_activity
  WHERE application_name = 'authentication session cache' AND datname = current_database()`;

describe('SESSION_CACHE', () => {
  it('is off by default: no migration, no connection, and a statement without a further column', async () => {
    const app = await startApplication({ variables: { SESSION_CACHE: '' } });
    const { token } = await app.person();
    const [text = ''] = await new Statements(app).of(() =>
      app.as(token).get('/sessions/current').expect(200),
    );
    expect(text).toContain('AS renewable');
    expect(text).not.toContain('seconds_left');
    expect(await new Reads(app).of(token)).toEqual(['SELECT']);
    if (!isEmbedded()) expect(await app.query(LISTENERS)).toEqual([]);
    const migrationsWith = (variables: Record<string, string>): string => {
      const connection = { url: 'postgres://localhost' };
      const environment = new Environment(variables);
      const { options } = AuthenticationModule.dataSource(connection, FEATURES, environment);
      return (options.migrations as (() => void)[]).map(({ name }) => name).join(' ');
    };
    expect(migrationsWith({})).not.toContain('AnnounceSessionChanges');
    expect(migrationsWith({ SESSION_CACHE: 'true' })).toContain('AnnounceSessionChanges');
    await app.close();
  });

  it('is refused with a value that is no boolean, and each of its settings with one that cannot be', async () => {
    for (const [name, value, takes] of [
      ['SESSION_CACHE', 'yes', 'true or false'],
      ['SESSION_CACHE_ENTRIES', '0', 'a whole number from 1 to 10000000'],
      ['SESSION_CACHE_SECONDS', '61', 'a whole number from 1 to 60'],
      ['SESSION_CACHE_LEASE_SECONDS', '1', 'a whole number from 2 to 60'],
      ['SESSION_CACHE_URL', 'mysql://localhost', 'cannot be read: it is postgres://'],
    ] as const) {
      await expect(startApplication({ variables: { [name]: value } })).rejects.toThrow(
        new RegExp(`^${name} (?:takes )?${takes}`),
      );
    }
  });
});

if (isEmbedded()) {
  describe('on the embedded database', () => {
    it('the cache is refused, and leaves no triggers', async () => {
      await expect(startCached()).rejects.toThrow(
        /^SESSION_CACHE needs a Postgres server \(DATABASE_URL=postgres:\/\/…\).*Set SESSION_CACHE=false$/,
      );
      const app = await startApplication({ variables: { SESSION_CACHE: '' } });
      expect(await app.query(TRIGGERS)).toEqual([]);
      await app.close();
    });
  });
} else {
  describe('with the cache', () => {
    let app: TestApplication;
    let reads: Reads;

    beforeAll(async () => {
      app = await startCached();
      reads = new Reads(app);
    });
    afterAll(() => app.close());

    it('a session is read once, and then no request for it needs a statement', async () => {
      const { token } = await app.person();
      await app.as(token).get('/me').expect(200);
      for (const path of ['/sessions/current', '/me']) expect(await reads.of(token, path)).toEqual([]);
    });

    it('a token that is not found is looked up each time', async () => {
      const unknown = 'a'.repeat(43);
      for (let time = 0; time < 2; time += 1)
        expect(await reads.of(unknown, '/sessions/current', 401)).toEqual(['SELECT']);
    });

    it('a client finds its own changes at once', async () => {
      const { token, email } = await app.person();
      let current = PASSWORD;
      for (let time = 0; time < 10; time += 1) {
        await reads.kept(token);
        const password = `another password ${time}`;
        await app
          .as(token)
          .put('/password')
          .send({ current_password: current, password, password_confirmation: password })
          .expect(200);
        // Without a pause in which the change would be heard.
        await app
          .as(token)
          .put('/password')
          .send({ current_password: password, password, password_confirmation: password })
          .expect(200);
        current = password;
      }
      for (let time = 0; time < 10; time += 1) {
        const another = await app.signIn(email, current);
        await reads.kept(another.token);
        await app.as(another.token).delete('/sessions/current').expect(204);
        await app.as(another.token).get('/sessions/current').expect(401);
      }
    });

    it('a request that may change something reads its session from the database', async () => {
      const { token } = await app.person();
      await reads.kept(token);
      const texts = await new Statements(app).of(() => app.as(token).put('/password').send({}).expect(422));
      expect(texts.some((text) => text.includes('AS renewable'))).toBe(true);
    });

    it('an ended session is refused', async () => {
      const { token, sessionId } = await app.person();
      await reads.kept(token);
      await app.as(token).delete('/sessions/current').expect(204);
      await refused(app, token);
      const other = await app.person();
      await reads.kept(other.token);
      await app.query('DELETE FROM authentication.sessions WHERE id = $1', [other.sessionId]);
      await refused(app, other.token);
      expect(sessionId).not.toBe(other.sessionId);
    });

    it('a suspended user is refused, and one who is not any more is accepted', async () => {
      const { token, userId } = await app.person();
      await reads.kept(token);
      await app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [userId]);
      await refused(app, token);
      await app.query('UPDATE authentication.users SET suspended_at = NULL WHERE id = $1', [userId]);
      await app.as(token).get('/me').expect(200);
    });

    it('a user who moved to another realm is refused', async () => {
      const { token, userId } = await app.person();
      await reads.kept(token);
      await app.query('UPDATE authentication.users SET realm = gen_random_uuid() WHERE id = $1', [userId]);
      await refused(app, token);
    });

    it('what is changed of a user is shown', async () => {
      const { token, email } = await app.person();
      await reads.kept(token);
      expect((await app.as(token).get('/me')).body).toMatchObject({ verified: false });
      await app.markVerified(email);
      await until(async () => (await app.as(token).get('/me')).body.verified === true);
    });

    it('activity is recorded once a minute, and shown', async () => {
      const { token, sessionId } = await app.person();
      await reads.kept(token);
      const back = `UPDATE authentication.sessions SET last_active_at = now() - interval '61 seconds' WHERE id = $1`;
      await app.query(back, [sessionId]);
      await until(async () => (await reads.of(token)).includes('UPDATE'));
      expect(await reads.of(token)).toEqual(['SELECT']);
      expect(await reads.of(token)).toEqual([]);
      const [row] = await app.query<{ at: Date }>(
        'SELECT last_active_at AS at FROM authentication.sessions WHERE id = $1',
        [sessionId],
      );
      const { body } = await app.as(token).get('/sessions/current');
      expect(new Date(body.last_active_at)).toEqual(row?.at);
    });

    it('a session whose activity is about to be recorded is kept until then', async () => {
      const { token, sessionId } = await app.person();
      const back = `UPDATE authentication.sessions SET last_active_at = now() - interval '59 seconds' WHERE id = $1`;
      await app.query(back, [sessionId]);
      const touched = `SELECT 1 FROM authentication.sessions
        WHERE id = $1 AND last_active_at > now() - interval '30 seconds'`;
      await until(async () => {
        await app.as(token).get('/sessions/current').expect(200);
        return (await app.query(touched, [sessionId])).length > 0;
      }, 10_000);
    });

    it('a renewed token is accepted until its grace period ends, and its successor needs its first use recorded', async () => {
      const { token, sessionId } = await app.person();
      await reads.kept(token);
      const { headers } = await app.as(token).post('/sessions/current/renewal').expect(201);
      const successor = String(headers['x-session-token']);
      await reads.kept(token);
      expect(await reads.of(successor)).toEqual(['SELECT', 'UPDATE']);
      await reads.kept(successor);
      await until(async () => (await app.as(token).post('/sessions/current/renewal')).status === 401);
      await reads.kept(token);
      await app.query(
        `UPDATE authentication.sessions SET previous_token_ends_at = now() + interval '1 second' WHERE id = $1`,
        [sessionId],
      );
      await refused(app, token, 5000);
      await app.as(successor).get('/me').expect(200);
    });

    it('a token that was renewed is not renewed by what was kept of it', async () => {
      const { token } = await app.person();
      await reads.kept(token);
      const answers = await Promise.all([1, 2, 3].map(() => app.as(token).post('/sessions/current/renewal')));
      const tokens = answers
        .filter(({ status }) => status === 201)
        .map(({ headers }) => String(headers['x-session-token']));
      const accepted = await Promise.all(tokens.map((one) => app.as(one).get('/me')));
      expect(accepted.filter(({ status }) => status === 200)).toHaveLength(1);
    });

    it('nothing is left open when it is closed', async () => {
      const other = await startCached();
      expect(await app.query(LISTENERS)).toHaveLength(2);
      await other.close();
      // Before a connection that was not ended would be made again.
      await until(async () => (await app.query(LISTENERS)).length === 1, 3000);
    });
  });

  describe('with the cache and short limits', () => {
    it('a session ends at its idle limit, and at its absolute limit, also when it was kept', async () => {
      for (const limits of Array.of<Record<string, string>>(
        { SESSION_IDLE_DAYS: '0.00003' },
        { SESSION_ABSOLUTE_DAYS: '0.00003', SESSION_IDLE_DAYS: '1' },
      )) {
        const app = await startCached(limits);
        const { token } = await app.person();
        await refused(app, token, 10_000);
        await app.close();
      }
    });
  });

  describe('with the cache and a data source of the host', () => {
    it('its address is that of the pool', async () => {
      const { hostname, port, username, password, pathname } = serverUrl();
      const dataSource = await new DataSource({
        type: 'postgres',
        host: hostname,
        port: Number(port === '' ? 5432 : port),
        username,
        password,
        database: pathname.slice(1),
        entities: AuthenticationModule.entities(),
      }).initialize();
      const app = await startCached({}, { database: { dataSource } });
      const { token, sessionId } = await app.person();
      await new Reads(app).kept(token);
      await app.query('DELETE FROM authentication.sessions WHERE id = $1', [sessionId]);
      await refused(app, token);
      expect(app.get(Database).pool.options.database).toBe(pathname.slice(1));
      await app.close();
      await dataSource.destroy();
    });
  });
}
