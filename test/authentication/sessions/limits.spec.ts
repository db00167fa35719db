import { startApplication, type SignedIn, type TestApplication } from '../../support/application.js';
import { letTimePass } from '../../support/clock.js';

describe('A session', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const lastActive = async ({ sessionId }: SignedIn): Promise<string> => {
    const [row] = await app.query<{ at: string }>(
      'SELECT last_active_at::text AS at FROM authentication.sessions WHERE id = $1',
      [sessionId],
    );
    return row!.at;
  };

  it('ends after 14 days without a request (ASVS 7.3.1)', async () => {
    const idle = await app.person();
    const active = await app.person();
    await letTimePass(app, '13 days 23 hours');
    await app.as(active.token).get('/me').expect(200);
    await letTimePass(app, '1 hour');
    await app.as(idle.token).get('/me').expect(401);
    await app.as(active.token).get('/me').expect(200);
  });

  it('ends 90 days after its start, even if it is used (ASVS 7.3.2)', async () => {
    const { token } = await app.person();
    for (let day = 10; day < 90; day += 10) {
      await letTimePass(app, '10 days');
      await app.as(token).get('/me').expect(200);
    }
    const { body } = await app.as(token).get('/sessions/current').expect(200);
    const days = (Date.parse(body.expires_at as string) - Date.parse(body.created_at as string)) / 86_400_000;
    expect(days).toBeCloseTo(90, 5);
    await letTimePass(app, '10 days');
    await app.as(token).get('/me').expect(401);
  });

  it('is not listed, shown or ended after it has expired', async () => {
    const old = await app.person();
    await letTimePass(app, '14 days');
    const { token, sessionId } = await app.signIn(old.email);
    const { body } = await app.as(token).get('/sessions').expect(200);
    expect(body).toMatchObject([{ id: sessionId }]);
    await app.as(token).get(`/sessions/${old.sessionId}`).expect(404);
    await app.as(token).delete(`/sessions/${old.sessionId}`).expect(404);
  });

  it('records its last activity at most once a minute', async () => {
    const person = await app.person();
    const began = await lastActive(person);
    await app.as(person.token).get('/me').expect(200);
    expect(await lastActive(person)).toBe(began);
    await letTimePass(app, '61 seconds');
    const { body } = await app.as(person.token).get('/sessions/current').expect(200);
    const touched = await lastActive(person);
    expect(Date.parse(body.last_active_at as string)).toBe(Date.parse(touched));
    expect(Date.parse(touched)).toBeGreaterThanOrEqual(Date.parse(began));
    await app.as(person.token).get('/me').expect(200);
    expect(await lastActive(person)).toBe(touched);
  });

  it('is one of at most 100 for each user: one more ends the oldest', async () => {
    const oldest = await app.person();
    const stranger = await app.person();
    await app.query(
      `INSERT INTO authentication.sessions (user_id, token_digest)
       SELECT $1, sha256(n::text::bytea) FROM generate_series(1, 99) n`,
      [oldest.userId],
    );
    await app.as(oldest.token).get('/me').expect(200);
    const newest = await app.signIn(oldest.email);
    await app.as(oldest.token).get('/me').expect(401);
    await app.as(stranger.token).get('/me').expect(200);
    const { body } = await app.as(newest.token).get('/sessions').expect(200);
    expect(body).toHaveLength(100);
  });

  it('is one of at most 100, also after many sign-ins at the same time', async () => {
    const { email, userId, token } = await app.person();
    await app.query(
      `INSERT INTO authentication.sessions (user_id, token_digest)
       SELECT $1, sha256(('many' || n)::bytea) FROM generate_series(1, 99) n`,
      [userId],
    );
    await Promise.all(Array.from({ length: 5 }, () => app.signIn(email)));
    const rows = await app.query('SELECT 1 FROM authentication.sessions WHERE user_id = $1', [userId]);
    expect(rows).toHaveLength(100);
    await app.as(token).get('/me').expect(401);
  });

  it('is refused from the next request on when its user is suspended (ASVS 7.4.2)', async () => {
    const { token, userId } = await app.person();
    const suspend = (at: string) =>
      app.query(`UPDATE authentication.users SET suspended_at = ${at} WHERE id = $1`, [userId]);
    await suspend('now()');
    const { body } = await app.as(token).get('/me').expect(401);
    expect(body).toMatchObject({ code: 'authentication_required' });
    await app.as(token).post('/sessions/current/renewal').expect(401);
    await suspend('NULL');
    await app.as(token).get('/me').expect(200);
  });
});

describe('A session with shorter limits in the settings', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ variables: { SESSION_IDLE_DAYS: '1', SESSION_ABSOLUTE_DAYS: '2' } });
  });
  afterAll(() => app.close());

  it('ends at these limits', async () => {
    const { token, email } = await app.person();
    await letTimePass(app, '23 hours');
    await app.as(token).get('/me').expect(200);
    await letTimePass(app, '23 hours');
    const { body } = await app.as(token).get('/sessions/current').expect(200);
    const hours = (Date.parse(body.expires_at as string) - Date.parse(body.created_at as string)) / 3_600_000;
    expect(hours).toBeCloseTo(48, 3);
    await letTimePass(app, '2 hours');
    await app.as(token).get('/me').expect(401);
    const idle = await app.signIn(email);
    await letTimePass(app, '1 day');
    await app.as(idle.token).get('/me').expect(401);
  });
});
