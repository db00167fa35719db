import pg from 'pg';
import type { QueryRunner } from 'typeorm';
import { AnnounceSessionChanges1795002000000 } from '../../../../src/authentication/features/session-cache/migrations/1795002000000-announce-session-changes.js';
import {
  isEmbedded,
  startApplication,
  testDatabase,
  type TestApplication,
} from '../../../support/application.js';

const CHANNEL = 'authentication_session_changes';

/** What the triggers announce of each statement. */
class Notes {
  private readonly heard: string[] = [];
  private readonly client = new pg.Client({ connectionString: (testDatabase() as { url: string }).url });

  static async listen(): Promise<Notes> {
    const notes = new Notes();
    await notes.client.connect();
    notes.client.on('notification', ({ payload = '' }) => notes.heard.push(payload));
    await notes.client.query(`LISTEN ${CHANNEL}`);
    return notes;
  }

  /** A connection gets what its own statement announced before that statement is answered. */
  async of(statement: string, values: unknown[] = []): Promise<string[]> {
    await this.client.query('SELECT 1');
    this.heard.length = 0;
    await this.client.query(statement, values);
    return [...this.heard];
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}

function idsOf(notes: readonly string[]): number[] {
  return notes.flatMap((note) => note.slice(1).split(',').map(Number));
}

// The embedded database has no cache, and no triggers.
it('The migration of the triggers can be reverted', async () => {
  const app = await startApplication({ variables: { SESSION_CACHE: '' } });
  const triggers = async (): Promise<number> =>
    (await app.query(`SELECT 1 FROM pg_trigger WHERE tgname LIKE 'announce_%'`)).length;
  // Other specs of this database may have switched the cache on.
  const before = await triggers();
  const runner = { query: (text: string) => app.query(text) } as unknown as QueryRunner;
  const migration = new AnnounceSessionChanges1795002000000();
  if (before > 0) await migration.down(runner);
  expect(await triggers()).toBe(0);
  await migration.up(runner);
  expect(await triggers()).toBe(6);
  if (before === 0) await migration.down(runner);
  expect(await triggers()).toBe(before);
  await app.close();
});

if (!isEmbedded()) {
  describe('the triggers of the session cache', () => {
    let app: TestApplication;
    let notes: Notes;

    beforeAll(async () => {
      app = await startApplication({ variables: { SESSION_CACHE: 'true' } });
      notes = await Notes.listen();
    });
    afterAll(async () => {
      await notes.close();
      await app.close();
    });

    const sessions = async (count: number): Promise<{ userId: number; ids: number[] }> => {
      const { userId } = await app.signUp();
      const rows = await app.query<{ id: string }>(
        `INSERT INTO authentication.sessions (user_id, token_digest)
         SELECT $1, decode(md5(random()::text || n), 'hex') FROM generate_series(1, $2) AS n RETURNING id`,
        [userId, count],
      );
      return { userId, ids: rows.map(({ id }) => Number(id)) };
    };

    it('announce a session that is deleted, and each that is changed', async () => {
      const { ids } = await sessions(4);
      const [first, second, third, fourth] = ids;
      expect(await notes.of('DELETE FROM authentication.sessions WHERE id = $1', [first])).toEqual([
        `s${first}`,
      ]);
      const changes = [
        `token_digest = '\\x01'`,
        `previous_token_digest = '\\x02'`,
        `previous_token_ends_at = now()`,
        `token_unused = true`,
        `user_agent = 'another'`,
        `created_at = created_at - interval '1 second'`,
        `updated_at = now()`,
        `last_active_at = last_active_at - interval '1 second'`,
        `last_active_at = now(), token_unused = false`,
      ];
      for (const change of changes) {
        const statement = `UPDATE authentication.sessions SET ${change} WHERE id = $1`;
        expect([change, await notes.of(statement, [second])]).toEqual([change, [`s${second}`]]);
      }
      const [one = ''] = await notes.of(
        `UPDATE authentication.sessions SET ip_address = '192.0.2.1' WHERE id IN ($1, $2)`,
        [third, fourth],
      );
      expect(idsOf([one]).sort((a, b) => a - b)).toEqual([third, fourth]);
    });

    it('announce no activity, nothing that stays as it is, and no row that is new', async () => {
      const { userId, ids } = await sessions(1);
      for (const [statement, values] of [
        ['UPDATE authentication.sessions SET last_active_at = now() WHERE id = $1', ids],
        ['UPDATE authentication.sessions SET user_agent = user_agent WHERE id = $1', ids],
        ['UPDATE authentication.users SET email = email WHERE id = $1', [userId]],
        ['UPDATE authentication.users SET verified = true WHERE id = -1', []],
        ['DELETE FROM authentication.sessions WHERE id = -1', []],
        [`INSERT INTO authentication.sessions (user_id, token_digest) VALUES ($1, '\\x03')`, [userId]],
      ] as const) {
        expect([statement, await notes.of(statement, [...values])]).toEqual([statement, []]);
      }
    });

    it('announce a row whose id is changed, by the id that was', async () => {
      const { ids } = await sessions(1);
      await app.query('ALTER TABLE authentication.sessions ALTER id SET GENERATED BY DEFAULT');
      const renamed = 'UPDATE authentication.sessions SET id = 900000 + id WHERE id = $1';
      expect(await notes.of(renamed, ids)).toEqual([`s${ids[0]}`]);
      await app.query('DELETE FROM authentication.sessions WHERE id >= 900000');
    });

    it('announce a user whose row is changed, and with a deleted user the sessions', async () => {
      const { userId, ids } = await sessions(2);
      expect(
        await notes.of('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [userId]),
      ).toEqual([`u${userId}`]);
      const [ofUser, ...others] = (
        await notes.of('DELETE FROM authentication.users WHERE id = $1', [userId])
      ).sort((a, b) => b.localeCompare(a));
      expect(ofUser).toBe(`u${userId}`);
      expect(idsOf(others).sort((a, b) => a - b)).toEqual(ids);
    });

    it('notice a column that is added later, also one whose values are equal but not the same', async () => {
      const { userId, ids } = await sessions(1);
      for (const table of ['users', 'sessions'])
        await app.query(`ALTER TABLE authentication.${table} ADD spec_note json, ADD spec_price numeric`);
      const changes = [
        `spec_note = '{"a":1}'`,
        `spec_note = '{"a": 1}'`,
        'spec_price = 1.0',
        'spec_price = 1.00',
      ];
      for (const change of changes) {
        expect(
          await notes.of(`UPDATE authentication.users SET ${change} WHERE id = $1`, [userId]),
        ).toHaveLength(1);
        expect(
          await notes.of(`UPDATE authentication.sessions SET ${change} WHERE id = $1`, ids),
        ).toHaveLength(1);
      }
      const both = `UPDATE authentication.sessions SET spec_price = 1.000, last_active_at = now() WHERE id = $1`;
      expect(await notes.of(both, ids)).toEqual([`s${ids[0]}`]);
      for (const table of ['users', 'sessions'])
        await app.query(`ALTER TABLE authentication.${table} DROP spec_note, DROP spec_price`);
    });

    it('announce up to 500 rows by their ids, in notes that NOTIFY takes, and more as all', async () => {
      const { userId, ids } = await sessions(500);
      const told = await notes.of(`UPDATE authentication.sessions SET user_agent = 'x' WHERE user_id = $1`, [
        userId,
      ]);
      expect(told).toHaveLength(2);
      expect(idsOf(told).sort((a, b) => a - b)).toEqual(ids);
      await sessions(1);
      expect(await notes.of('DELETE FROM authentication.sessions')).toEqual(['all']);
    });

    it('take the longest ids that there are', async () => {
      const { userId } = await app.signUp();
      await app.query(
        `INSERT INTO authentication.sessions (id, user_id, token_digest) OVERRIDING SYSTEM VALUE
         SELECT 9223372036854775000 + n, $1, decode(md5(random()::text || n), 'hex') FROM generate_series(1, 500) AS n`,
        [userId],
      );
      expect(
        await notes.of('DELETE FROM authentication.sessions WHERE id > 9223372036854775000'),
      ).toHaveLength(2);
    });

    it('call no function that another role puts in their way', async () => {
      const { ids } = await sessions(1);
      await app.query(
        `CREATE FUNCTION public.to_jsonb(record) RETURNS jsonb LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'called'; END $$`,
      );
      await app.query(
        `CREATE FUNCTION public.pg_notify(text, text) RETURNS void LANGUAGE sql AS 'SELECT NULL::void'`,
      );
      const change = `SET search_path = public, pg_catalog;
        UPDATE authentication.sessions SET last_active_at = now(), user_agent = 'x' WHERE id = ${ids[0]};
        RESET search_path`;
      expect(await notes.of(change)).toEqual([`s${ids[0]}`]);
      await app.query('DROP FUNCTION public.to_jsonb(record); DROP FUNCTION public.pg_notify(text, text)');
    });

    it('announce changes beside columns that are named like rows, or hold what jsonb cannot', async () => {
      const { userId, ids } = await sessions(1);
      for (const table of ['users', 'sessions'])
        await app.query(
          `ALTER TABLE authentication.${table} ADD o text, ADD n text, ADD ids text, ADD odd json`,
        );
      const odd = `odd = '"\\u0000"'`;
      await app.query(`UPDATE authentication.sessions SET ${odd} WHERE id = ${ids[0]}`);
      for (const [table, kind, id] of [
        ['users', 'u', userId],
        ['sessions', 's', ids[0]],
      ] as const) {
        const change = `UPDATE authentication.${table} SET o = 'x' WHERE id = ${id}`;
        expect(await notes.of(change)).toEqual([`${kind}${id}`]);
      }
      await app.query(`UPDATE authentication.sessions SET last_active_at = now() WHERE id = ${ids[0]}`);
      for (const table of ['users', 'sessions'])
        await app.query(`ALTER TABLE authentication.${table} DROP o, DROP n, DROP ids, DROP odd`);
    });

    it('announce changes that replication brings', async () => {
      const { ids } = await sessions(1);
      const change = `BEGIN; SET LOCAL session_replication_role = replica;
        DELETE FROM authentication.sessions WHERE id = ${ids[0]}; COMMIT`;
      expect(await notes.of(change)).toEqual([`s${ids[0]}`]);
    });

    it('announce TRUNCATE as all', async () => {
      expect(await notes.of('TRUNCATE authentication.sessions CASCADE')).toEqual(['all']);
      expect(await notes.of('TRUNCATE authentication.users CASCADE')).toEqual(['all']);
    });

    it('announce nothing of a transaction that is rolled back', async () => {
      const { ids } = await sessions(1);
      expect(
        await notes.of(`BEGIN; DELETE FROM authentication.sessions WHERE id = ${ids[0]}; ROLLBACK`),
      ).toEqual([]);
    });
  });
}
