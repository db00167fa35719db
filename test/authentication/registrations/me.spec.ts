import { PASSWORD, startApplication, type TestApplication } from '../../support/application.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('/me', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  describe('GET', () => {
    it('shows the signed-in user', async () => {
      const { token, userId, email } = await app.person();
      const { body, headers } = await app.as(token).get('/me').expect(200);
      expect(body).toEqual({
        id: userId,
        email,
        verified: false,
        unconfirmed_email: null,
        created_at: expect.stringMatching(TIME) as string,
        updated_at: expect.stringMatching(TIME) as string,
      });
      expect(headers['cache-control']).toBe('no-store');
    });

    it('requires a token', async () => {
      const { body, headers } = await app.anonymous.get('/me').expect(401);
      expect(body).toMatchObject({ status: 401, code: 'authentication_required' });
      expect(headers['www-authenticate']).toBe('Bearer');
    });
  });

  describe('DELETE', () => {
    it('deletes the user and everything that belongs to them, and nothing of other users', async () => {
      const person = await app.person();
      const second = await app.signIn(person.email);
      const stranger = await app.person();
      const link = await app.mailbox.linkTo(person.email);
      await app
        .as(person.token)
        .put('/identity/email')
        .send({ current_password: PASSWORD, email: app.newEmail() })
        .expect(200);
      await app.anonymous.post('/identity/password_reset').send({ email: person.email }).expect(204);
      await app.mailbox.settled();

      const answer = await app
        .as(person.token)
        .delete('/me')
        .send({ current_password: PASSWORD })
        .expect(204);
      expect(answer.text).toBe('');

      await app.as(person.token).get('/me').expect(401);
      await app.as(second.token).get('/me').expect(401);
      await app.anonymous.post('/sign_in').send({ email: person.email, password: PASSWORD }).expect(401);
      const token = link.searchParams.get('token');
      await app.anonymous
        .put('/identity/email_verification')
        .send({ email: person.email, token })
        .expect(400);
      for (const [table, column] of await tablesOfUsers()) {
        const rows = await app.query(`SELECT 1 FROM ${table} WHERE ${column} = $1`, [person.userId]);
        expect([table, rows]).toEqual([table, []]);
      }
      await app.as(stranger.token).get('/me').expect(200);
    });

    it('makes the address free for a new sign-up', async () => {
      const { token, email, userId } = await app.person();
      await app.as(token).delete('/me').send({ current_password: PASSWORD }).expect(204);
      const again = await app.signUp(email);
      expect(again.userId).not.toBe(userId);
    });

    it('answers 409 in_use and deletes nothing when a foreign key of the application forbids it', async () => {
      const points = 'author_id bigint NOT NULL REFERENCES authentication.users';
      for (const rule of ['', 'ON DELETE RESTRICT', 'DEFERRABLE INITIALLY DEFERRED']) {
        const { token, email, userId } = await app.person();
        const second = await app.signIn(email);
        await app.mailbox.settled();
        await app.query(`CREATE TABLE posts (${points} ${rule})`);
        try {
          await app.query('INSERT INTO posts VALUES ($1)', [userId]);
          const before = await allRows();
          const api = app.as(token);
          const { body } = await api.delete('/me').send({ current_password: PASSWORD }).expect(409);
          expect(body).toMatchObject({ status: 409, code: 'in_use' });
          expect(JSON.stringify(body)).not.toContain('posts');
          expect(await allRows()).toEqual(before);
          await app.as(second.token).get('/me').expect(200);
          await app.query('DELETE FROM posts');
          await api.delete('/me').send({ current_password: PASSWORD }).expect(204);
        } finally {
          await app.query('DROP TABLE posts');
        }
      }
    });

    it('requires the current password', async () => {
      const { token, email } = await app.person();
      const wrong: [object, object][] = [
        [{ current_password: 'not the password' }, { field: 'current_password', code: 'incorrect' }],
        [{ current_password: 5 }, { field: 'current_password', code: 'invalid' }],
        [
          { current_password: PASSWORD, force: true },
          { field: 'force', code: 'unknown' },
        ],
      ];
      for (const [body, error] of wrong) {
        const answer = await app.as(token).delete('/me').send(body).expect(422);
        expect(answer.body).toMatchObject({ code: 'wrong_parameters', errors: [error] });
      }
      for (const body of [{}, { current_password: '' }, { current_password: null }]) {
        const answer = await app.as(token).delete('/me').send(body).expect(422);
        expect(answer.body).toMatchObject({
          code: 'missing_parameters',
          errors: [{ field: 'current_password', code: 'missing' }],
        });
      }
      await app.as(token).delete('/me').expect(422);
      await app.anonymous.delete('/me').send({ current_password: PASSWORD }).expect(401);
      await app.signIn(email);
    });

    it('succeeds once for many requests at the same time', async () => {
      const { token } = await app.person();
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => app.as(token).delete('/me').send({ current_password: PASSWORD })),
      );
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 204)).toHaveLength(1);
      expect(statuses.filter((status) => status === 401)).toHaveLength(4);
    });
  });

  /** The number of rows of each of our tables and of the mail queue, without failure counters, which may change. */
  async function allRows(): Promise<[string, number][]> {
    const tables = await app.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname = 'authentication' AND tablename <> 'counters'
         OR schemaname = 'authentication_jobs' AND tablename = 'job' ORDER BY name`,
    );
    const counts: [string, number][] = [];
    for (const { name } of tables) {
      const [row] = await app.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${name}`);
      counts.push([name, row?.count ?? -1]);
    }
    return counts;
  }

  /** Every table that has a foreign key to users, and its column. */
  async function tablesOfUsers(): Promise<[string, string][]> {
    const rows = await app.query<{ table: string; column: string }>(
      `SELECT c.conrelid::regclass::text AS table, a.attname AS column
       FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
       WHERE c.contype = 'f' AND c.confrelid = 'authentication.users'::regclass`,
    );
    expect(rows.length).toBeGreaterThan(1);
    return [
      ...rows.map(({ table, column }): [string, string] => [table, column]),
      ['authentication.users', 'id'],
    ];
  }
});
