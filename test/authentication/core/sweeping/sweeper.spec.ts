import { Database } from '../../../../src/authentication/core/database/database.js';
import { Sweeper } from '../../../../src/authentication/core/sweeping/sweeper.js';
import { isEmbedded, startApplication, type TestApplication } from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';

describe('the sweeper', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const sweep = () => app.get(Sweeper).sweep();

  async function count(table: string, condition = 'true'): Promise<number> {
    const [row] = await app.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM authentication.${table} WHERE ${condition}`,
    );
    return row?.count ?? -1;
  }

  function addCounters(name: string, number: number, expiry: string): Promise<unknown> {
    return app.query(
      `INSERT INTO authentication.counters (key, count, expires_at)
       SELECT $1 || n, 1, now() + $2::interval FROM generate_series(1, $3) n`,
      [`${name}:`, expiry, number],
    );
  }

  it('deletes expired sessions, tokens and counters, and keeps the others', async () => {
    const idle = await app.person();
    await app.anonymous.post('/identity/password_reset').send({ email: idle.email }).expect(204);
    await app.mailbox.settled();
    await letTimePass(app, '15 days');
    const live = await app.person();
    await app.mailbox.settled();
    expect(await sweep()).toBeGreaterThan(3);
    expect(await count('sessions')).toBe(1);
    expect(await count('one_time_tokens')).toBe(1);
    expect(await count('counters', 'expires_at <= now()')).toBe(0);
    expect(await count('users')).toBe(2);
    await app.as(live.token).get('/me').expect(200);
    await app.as(idle.token).get('/me').expect(401);
    expect(await sweep()).toBe(0);
  });

  it('deletes an active session at its absolute limit (ASVS 7.3.2)', async () => {
    const { sessionId } = await app.person();
    await app.query(
      "UPDATE authentication.sessions SET created_at = now() - interval '90 days' WHERE id = $1",
      [sessionId],
    );
    expect(await sweep()).toBe(1);
    expect(await count('sessions', `id = ${sessionId}`)).toBe(0);
  });

  it('works in batches, so that no lock is held for long', async () => {
    await app.query(`
      CREATE TABLE authentication.batches (size bigint);
      CREATE FUNCTION authentication.note_batch() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN INSERT INTO authentication.batches SELECT count(*) FROM gone; RETURN NULL; END';
      CREATE TRIGGER note_batch AFTER DELETE ON authentication.counters REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION authentication.note_batch()`);
    try {
      await addCounters('stale', 2500, '-1 minute');
      await addCounters('live', 100, '1 minute');
      expect(await sweep()).toBe(2500);
      expect(await count('counters', "key LIKE 'live:%'")).toBe(100);
      const batches = await app.query<{ size: string }>('SELECT size FROM authentication.batches');
      expect(batches.length).toBeGreaterThanOrEqual(3);
      expect(Math.max(...batches.map(({ size }) => Number(size)))).toBeLessThanOrEqual(1000);
    } finally {
      await app.query(`
        DROP TRIGGER note_batch ON authentication.counters;
        DROP FUNCTION authentication.note_batch();
        DROP TABLE authentication.batches`);
    }
  });

  it('sweeps what features add', async () => {
    await addCounters('feature', 3, '1 hour');
    await addCounters('other', 2, '1 hour');
    app.get(Sweeper).add({ table: 'counters', condition: "key LIKE 'feature:%'" });
    expect(await sweep()).toBe(3);
    expect(await count('counters', "key LIKE 'other:%'")).toBe(2);
  });

  if (!isEmbedded()) {
    it('does not wait for locks: it leaves rows that a transaction has locked for the next time', async () => {
      await addCounters('held', 2, '-1 minute');
      const holder = await app.get(Database).pool.connect();
      await holder.query('BEGIN');
      await holder.query("SELECT * FROM authentication.counters WHERE key = 'held:1' FOR UPDATE");
      expect(await sweep()).toBe(1);
      await holder.query('ROLLBACK');
      holder.release();
      expect(await sweep()).toBe(1);
    });
  }

  it('sweeps all other tables when one cannot be swept', async () => {
    const sweeper = app.get(Sweeper);
    sweeper.add({ table: 'counters', condition: "key LIKE 'first:%' AND 1 / (count - count) > 0" });
    sweeper.add({ table: 'counters', condition: "key LIKE 'second:%'" });
    await addCounters('first', 1, '1 hour');
    await addCounters('second', 1, '1 hour');
    await sweeper.sweep();
    expect(await count('counters', "key LIKE 'first:%'")).toBe(1);
    expect(await count('counters', "key LIKE 'second:%'")).toBe(0);
  });
});
