import { PASSWORD, startApplication, type TestApplication } from '../../support/application.js';
import { letTimePass } from '../../support/clock.js';

const NEW_PASSWORD = 'a brand new pass phrase';

describe('POST /sessions/current/renewal', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const renew = async (token: string): Promise<string> => {
    const { headers } = await app.as(token).post('/sessions/current/renewal').expect(201);
    return String(headers['x-session-token']);
  };

  it('gives the same session a new token, and counts as activity', async () => {
    const { token, sessionId } = await app.person();
    await letTimePass(app, '2 days');
    const { body: before } = await app.anonymous.get('/sessions/current').set('X-Session-Token', token);
    await letTimePass(app, '30 seconds');
    const { body, headers } = await app.as(token).post('/sessions/current/renewal').expect(201);
    expect(body).toMatchObject({ id: sessionId, current: true });
    const renewed = String(headers['x-session-token']);
    expect(renewed).not.toBe(token);
    expect(headers['cache-control']).toBe('no-store');
    const { body: after } = await app.as(renewed).get('/sessions/current').expect(200);
    expect(after).toEqual(body);
    expect(Date.parse(body.last_active_at as string)).toBeGreaterThan(
      Date.parse(before.last_active_at as string),
    );
    expect(Date.parse(body.last_active_at as string) - Date.parse(body.created_at as string)).toBeGreaterThan(
      2 * 86_400_000,
    );
  });

  it('serves the old token 30 s longer, but renews it no more', async () => {
    const { token } = await app.person();
    const renewed = await renew(token);
    await app.as(token).get('/me').expect(200);
    const { body } = await app.as(token).post('/sessions/current/renewal').expect(401);
    expect(body).toMatchObject({ code: 'authentication_required' });
    await letTimePass(app, '25 seconds');
    await app.as(token).get('/me').expect(200);
    await letTimePass(app, '6 seconds');
    await app.as(token).get('/me').expect(401);
    await app.as(renewed).get('/me').expect(200);
  });

  it('serves the last two tokens alone', async () => {
    const { token } = await app.person();
    const second = await renew(token);
    const third = await renew(second);
    await app.as(token).get('/me').expect(401);
    await app.as(second).get('/me').expect(200);
    await app.as(third).get('/me').expect(200);
  });

  it('lets one win of many at once', async () => {
    const { token, email, sessionId } = await app.person();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => app.as(token).post('/sessions/current/renewal')),
    );
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(7);
    await app.as(String(won[0]!.headers['x-session-token'])).get('/me').expect(200);
    const rows = await app.query(
      `SELECT s.id FROM authentication.sessions s JOIN authentication.users u ON u.id = s.user_id WHERE u.email = $1`,
      [email],
    );
    expect(rows.map(({ id }) => Number(id))).toEqual([sessionId]);
  });

  it('loses the grace to a password change', async () => {
    const { token } = await app.person();
    const renewed = await renew(token);
    await app
      .as(renewed)
      .put('/password')
      .send({ current_password: PASSWORD, password: NEW_PASSWORD, password_confirmation: NEW_PASSWORD })
      .expect(200);
    await app.as(token).get('/me').expect(401);
    await app.as(renewed).get('/me').expect(200);
  });

  it('loses the grace with its session', async () => {
    const { token } = await app.person();
    const renewed = await renew(token);
    await app.as(renewed).delete('/sessions/current').expect(204);
    await app.as(token).get('/me').expect(401);
  });

  it('wants a live token', async () => {
    const { token } = await app.person();
    await app.anonymous.post('/sessions/current/renewal').expect(401);
    await letTimePass(app, '14 days');
    await app.as(token).post('/sessions/current/renewal').expect(401);
  });

  it('never passes the absolute limit (ASVS 7.3.2)', async () => {
    const person = await app.person();
    let { token } = person;
    for (let day = 13; day < 90; day += 13) {
      await letTimePass(app, '13 days');
      token = await renew(token);
    }
    const { body } = await app.as(token).get('/sessions/current').expect(200);
    const days = (Date.parse(body.expires_at as string) - Date.parse(body.created_at as string)) / 86_400_000;
    expect(days).toBeCloseTo(90, 5);
    await letTimePass(app, '12 days');
    await app.as(token).get('/me').expect(401);
    await app.as(token).post('/sessions/current/renewal').expect(401);
  });
});
