import { isEmbedded, PASSWORD, startApplication, type TestApplication } from '../../support/application.js';
import { letTimePass } from '../../support/clock.js';
import { overtaken, queuedAtSession } from '../../support/overtaken.js';

/** Read before an application starts: `isEmbedded` drops the statements that are prepared on the connection. */
const EMBEDDED = isEmbedded();
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

  const refuse = async (token: string): Promise<void> => {
    const { body } = await app.as(token).post('/sessions/current/renewal').expect(401);
    expect(body).toMatchObject({ code: 'authentication_required' });
  };

  it('accepts the old token for 30 more seconds, but does not renew it once the new one was used', async () => {
    const { token } = await app.person();
    const renewed = await renew(token);
    await app.as(token).get('/me').expect(200);
    await app.as(renewed).get('/me').expect(200);
    await refuse(token);
    await letTimePass(app, '25 seconds');
    await app.as(token).get('/me').expect(200);
    await letTimePass(app, '6 seconds');
    await app.as(token).get('/me').expect(401);
    await app.as(renewed).get('/me').expect(200);
  });

  it('renews the old token again while the new one is unused: its answer may be lost', async () => {
    const { token, sessionId } = await app.person();
    const lost = await renew(token);
    await letTimePass(app, '20 seconds');
    const { body, headers } = await app.as(token).post('/sessions/current/renewal').expect(201);
    const again = String(headers['x-session-token']);
    expect(body).toMatchObject({ id: sessionId, current: true });
    await app.as(lost).get('/me').expect(401);
    await app.as(again).get('/me').expect(200);
    await refuse(token);
    await app.as(token).get('/me').expect(200);
  });

  it('counts the 30 seconds from the first renewal, however often it is repeated', async () => {
    const { token } = await app.person();
    await renew(token);
    await letTimePass(app, '20 seconds');
    const last = await renew(token);
    await letTimePass(app, '11 seconds');
    await refuse(token);
    await app.as(last).get('/me').expect(200);
  });

  it('counts a renewal of the new token as its use', async () => {
    const { token } = await app.person();
    const second = await renew(token);
    const third = await renew(second);
    await refuse(token);
    const again = await renew(second);
    await app.as(third).get('/me').expect(401);
    await app.as(again).get('/me').expect(200);
  });

  it('accepts only one when the old token is renewed again and the new one is used at the same time', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { token, sessionId } = await app.person();
      const lost = await renew(token);
      const requests = [() => app.as(token).post('/sessions/current/renewal'), () => app.as(lost).get('/me')];
      const order = round % 2 === 0 ? requests : requests.reverse();
      const statuses = (await queuedAtSession(app, sessionId, order)).map(({ status }) => status);
      expect([
        [201, 401],
        [401, 200],
      ]).toContainEqual(round % 2 === 0 ? statuses : statuses.reverse());
    }
  });

  it('records the first use of a new token once', async () => {
    const { token, sessionId } = await app.person();
    const versions = async () =>
      (await app.query('SELECT xmin FROM authentication.sessions WHERE id = $1', [sessionId]))[0];
    const started = await versions();
    await app.as(token).get('/me').expect(200);
    expect(await versions()).toEqual(started);
    const renewed = await renew(token);
    await app.as(token).get('/me').expect(200);
    const unused = await versions();
    await app.as(renewed).get('/me').expect(200);
    const used = await versions();
    expect(used).not.toEqual(unused);
    await app.as(renewed).get('/me').expect(200);
    expect(await versions()).toEqual(used);
  });

  it('accepts only the last two tokens', async () => {
    const { token } = await app.person();
    const second = await renew(token);
    const third = await renew(second);
    await app.as(token).get('/me').expect(401);
    await app.as(second).get('/me').expect(200);
    await app.as(third).get('/me').expect(200);
  });

  it('leaves one valid token after many renewals at the same time (GHSA-392p-2q2v-4372)', async () => {
    const { token, email, sessionId } = await app.person();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => app.as(token).post('/sessions/current/renewal')),
    );
    const won = answers.filter(({ status }) => status === 201);
    expect(won.length + answers.filter(({ status }) => status === 401).length).toBe(8);
    const live: number[] = [];
    for (const { headers } of won) {
      const { status } = await app.as(String(headers['x-session-token'])).get('/me');
      if (status === 200) live.push(status);
    }
    expect(live).toHaveLength(1);
    const rows = await app.query(
      `SELECT s.id FROM authentication.sessions s JOIN authentication.users u ON u.id = s.user_id WHERE u.email = $1`,
      [email],
    );
    expect(rows.map(({ id }) => Number(id))).toEqual([sessionId]);
  });

  it('accepts one of many requests that renew the current token at the same moment', async () => {
    const { token, sessionId } = await app.person();
    const renewals = Array.from({ length: 4 }, () => () => app.as(token).post('/sessions/current/renewal'));
    const answers = await queuedAtSession(app, sessionId, renewals);
    const statuses = answers.map(({ status }) => status).sort();
    if (!EMBEDDED) expect(statuses).toEqual([201, 401, 401, 401]);
  });

  it('ends the grace period when the password is changed', async () => {
    const { token } = await app.person();
    const renewed = await renew(token);
    await app
      .as(renewed)
      .put('/password')
      .send({ current_password: PASSWORD, password: NEW_PASSWORD, password_confirmation: NEW_PASSWORD })
      .expect(200);
    await app.as(token).get('/me').expect(401);
    await refuse(token);
    await app.as(renewed).get('/me').expect(200);
  });

  // If a thief renewed the owner's token, a change by the owner must not end the owner's token and leave the thief's.
  for (const [method, path, body] of [
    [
      'put',
      '/password',
      { current_password: PASSWORD, password: NEW_PASSWORD, password_confirmation: NEW_PASSWORD },
    ],
    ['delete', '/sessions/others', undefined],
  ] as const) {
    it(`does not allow a token in its grace period to end all other access: ${method} ${path}`, async () => {
      const { token, email, userId } = await app.person();
      const elsewhere = await app.signIn(email);
      const renewed = await renew(token);
      await app.as(renewed).get('/me').expect(200);
      await app.as(token)[method](path).send(body).expect(401);
      await app.as(elsewhere.token).get('/me').expect(200);
      await app.signIn(email);

      // A token that was renewed while the request waited.
      const other = await app.signIn(email);
      const [answer] = await overtaken(
        app,
        userId,
        [() => app.as(other.token)[method](path).send(body)],
        (query) =>
          query(
            `UPDATE authentication.sessions SET previous_token_digest = token_digest, token_unused = true,
               previous_token_ends_at = now() + interval '30 seconds', token_digest = sha256('a new one')
             WHERE id = $1`,
            [other.sessionId],
          ),
      );
      expect(answer?.status).toBe(401);
      await app.as(elsewhere.token).get('/me').expect(200);
      await app.signIn(email);
      await app.query('DELETE FROM authentication.sessions WHERE id = $1', [other.sessionId]);
    });
  }

  it('ends the grace period with its session', async () => {
    const { token } = await app.person();
    const renewed = await renew(token);
    await app.as(renewed).delete('/sessions/current').expect(204);
    await app.as(token).get('/me').expect(401);
  });

  it('requires a valid token', async () => {
    const { token } = await app.person();
    await app.anonymous.post('/sessions/current/renewal').expect(401);
    await letTimePass(app, '14 days');
    await app.as(token).post('/sessions/current/renewal').expect(401);
  });

  it('never extends a session beyond its absolute limit (ASVS 7.3.2)', async () => {
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
