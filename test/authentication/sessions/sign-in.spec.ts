import { PASSWORD, startApplication, type TestApplication } from '../../support/application.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('POST /sign_in', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  it('starts a session, and sends its token only in the header', async () => {
    const { email, userId } = await app.signUp();
    const { body, headers, text } = await app.anonymous
      .post('/sign_in')
      .set('User-Agent', 'insomnia/2022.1.0')
      .send({ email, password: PASSWORD })
      .expect(201);
    expect(body).toEqual({
      id: expect.any(Number) as number,
      user_id: userId,
      user_agent: 'insomnia/2022.1.0',
      ip_address: '127.0.0.1',
      created_at: expect.stringMatching(TIME) as string,
      updated_at: expect.stringMatching(TIME) as string,
      last_active_at: expect.stringMatching(TIME) as string,
      expires_at: expect.stringMatching(TIME) as string,
      current: true,
    });
    const token = String(headers['x-session-token']);
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(text).not.toContain(token);
    expect(headers['cache-control']).toBe('no-store');
    const days = (Date.parse(body.expires_at as string) - Date.parse(body.created_at as string)) / 86_400_000;
    expect(days).toBeCloseTo(14, 3);
  });

  it('accepts the address in any spelling', async () => {
    const { email } = await app.signUp();
    for (const spelling of [email.toUpperCase(), ` ${email} `, email.replace('person', 'ｐｅｒｓｏｎ')]) {
      await app.anonymous.post('/sign_in').send({ email: spelling, password: PASSWORD }).expect(201);
    }
  });

  it('ignores password_confirmation, whatever its value', async () => {
    const { email } = await app.signUp();
    for (const confirmation of ['another', '', null, 5, ['x']]) {
      await app.anonymous
        .post('/sign_in')
        .send({ email, password: PASSWORD, password_confirmation: confirmation })
        .expect(201);
    }
  });

  it('gives the same answer to an unknown address and to a wrong password (ASVS 6.3.8)', async () => {
    const { email } = await app.signUp();
    const wrong = await app.anonymous.post('/sign_in').send({ email, password: 'not the password' });
    const unknown = await app.anonymous
      .post('/sign_in')
      .send({ email: app.newEmail(), password: 'not the password' });
    expect(wrong.status).toBe(401);
    expect(wrong.body).toMatchObject({ status: 401, code: 'invalid_credentials' });
    expect(wrong.headers['x-session-token']).toBeUndefined();
    expect(answerOf(unknown)).toEqual(answerOf(wrong));
  });

  it('answers a user without a password like a wrong password', async () => {
    const { email, userId } = await app.signUp();
    await app.query('UPDATE authentication.users SET password_digest = NULL WHERE id = $1', [userId]);
    const { body } = await app.anonymous.post('/sign_in').send({ email, password: PASSWORD }).expect(401);
    expect(body).toMatchObject({ code: 'invalid_credentials' });
  });

  it('compares the whole password exactly, without trimming (ASVS 6.2.8)', async () => {
    const password = ' Schrödingers Katze lebt ';
    const { email } = await app.signUp(app.newEmail(), password);
    const others = [password.trim(), password.toLowerCase(), password.slice(0, -2), `${password} `];
    for (const other of others) {
      await app.anonymous.post('/sign_in').send({ email, password: other }).expect(401);
    }
    await app.anonymous.post('/sign_in').send({ email, password }).expect(201);
  });

  it('accepts the same password in another Unicode normalization form (ASVS 6.2.8)', async () => {
    const password = 'Schrödingers Katze lebt';
    const { email } = await app.signUp(app.newEmail(), password.normalize('NFC'));
    await app.signIn(email, password.normalize('NFD'));
  });

  it('gives every sign-in a new token, and never accepts one that a client made up (ASVS 7.2.4)', async () => {
    const { email } = await app.signUp();
    const madeUp = 'A'.repeat(43);
    const { headers } = await app.as(madeUp).post('/sign_in').send({ email, password: PASSWORD }).expect(201);
    const { token } = await app.signIn(email);
    expect(new Set([madeUp, headers['x-session-token'], token]).size).toBe(3);
    await app.as(madeUp).get('/me').expect(401);
  });

  it('names every missing field', async () => {
    for (const body of [{}, { email: null, password: null }, { email: '', password: '' }]) {
      const answer = await app.anonymous.post('/sign_in').send(body).expect(422);
      expect(answer.body).toMatchObject({
        code: 'missing_parameters',
        errors: [
          { field: 'email', code: 'missing' },
          { field: 'password', code: 'missing' },
        ],
      });
    }
  });

  it('refuses wrong types, text that PostgreSQL cannot store, and unknown fields', async () => {
    const right = { email: app.newEmail(), password: PASSWORD };
    const wrong: [object, object[]][] = [
      [{ ...right, email: 5 }, [{ field: 'email', code: 'invalid' }]],
      [{ ...right, email: 'nobody' }, [{ field: 'email', code: 'invalid' }]],
      [{ ...right, email: { $ne: null } }, [{ field: 'email', code: 'invalid' }]],
      [{ ...right, password: ['x'] }, [{ field: 'password', code: 'invalid' }]],
      [{ ...right, password: true }, [{ field: 'password', code: 'invalid' }]],
      [{ ...right, password: `${PASSWORD}\0` }, [{ field: 'password', code: 'invalid' }]],
      [{ ...right, password: `${PASSWORD}\ud800` }, [{ field: 'password', code: 'invalid' }]],
      [{ ...right, user_id: 1 }, [{ field: 'user_id', code: 'unknown' }]],
    ];
    for (const [body, errors] of wrong) {
      const answer = await app.anonymous.post('/sign_in').send(body).expect(422);
      expect(answer.body).toMatchObject({ code: 'wrong_parameters', errors });
    }
  });

  it('cuts a user agent at 512 characters', async () => {
    const { email } = await app.signUp();
    const { body } = await app.anonymous
      .post('/sign_in')
      .set('User-Agent', 'x'.repeat(600))
      .send({ email, password: PASSWORD })
      .expect(201);
    expect(body.user_agent).toBe('x'.repeat(512));
  });

  it('answers 403 to a suspended user, but only for the right password', async () => {
    const { email, userId } = await app.signUp();
    await app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [userId]);
    await app.anonymous.post('/sign_in').send({ email, password: 'not the password' }).expect(401);
    const { body, headers } = await app.anonymous
      .post('/sign_in')
      .send({ email, password: PASSWORD })
      .expect(403);
    expect(body).toMatchObject({ status: 403, code: 'account_suspended' });
    expect(headers['x-session-token']).toBeUndefined();
  });
});

describe('POST /sign_in with REQUIRE_VERIFIED_EMAIL', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ variables: { REQUIRE_VERIFIED_EMAIL: 'true' } });
  });
  afterAll(() => app.close());

  it('answers 403 to the right password of an unverified user, and 401 to a wrong one', async () => {
    const { email, userId } = await app.signUp();
    const { body } = await app.anonymous.post('/sign_in').send({ email, password: PASSWORD }).expect(403);
    expect(body).toMatchObject({ status: 403, code: 'email_unverified' });
    const wrong = await app.anonymous.post('/sign_in').send({ email, password: 'not the password' });
    expect(wrong.status).toBe(401);
    expect(wrong.body).toMatchObject({ code: 'invalid_credentials' });
    const sessions = await app.query('SELECT id FROM authentication.sessions WHERE user_id = $1', [userId]);
    expect(sessions).toEqual([]);
  });

  it('starts a session once the address is verified', async () => {
    const { email } = await app.person({ verified: true });
    const { token } = await app.signIn(email);
    const { body } = await app.as(token).get('/me').expect(200);
    expect(body).toMatchObject({ email, verified: true });
  });
});

/** An answer without its time, to compare it with another one. */
function answerOf({ status, text, headers }: { status: number; text: string; headers: object }): object {
  return { status, text, headers: { ...headers, date: undefined } };
}
