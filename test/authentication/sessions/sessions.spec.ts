import { startApplication, type TestApplication } from '../../support/application.js';

describe('sessions', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const idsOf = async (token: string): Promise<number[]> => {
    const { body } = await app.as(token).get('/sessions').expect(200);
    return (body as { id: number }[]).map(({ id }) => id);
  };

  describe('GET /sessions', () => {
    it("lists the caller's sessions, newest first, and marks the current one", async () => {
      const first = await app.person();
      const second = await app.signIn(first.email);
      await app.person();
      const { body } = await app.as(first.token).get('/sessions').expect(200);
      expect(body).toMatchObject([
        { id: second.sessionId, user_id: first.userId, current: false },
        { id: first.sessionId, user_id: first.userId, current: true },
      ]);
    });

    it('requires a token', async () => {
      const { body, headers } = await app.anonymous.get('/sessions').expect(401);
      expect(body).toMatchObject({ status: 401, code: 'authentication_required' });
      expect(headers['www-authenticate']).toBe('Bearer');
      expect(headers['cache-control']).toBe('no-store');
    });
  });

  describe('GET /sessions/:id', () => {
    it('shows a session, by its id or as the current one', async () => {
      const first = await app.person();
      const second = await app.signIn(first.email);
      const other = await app.as(first.token).get(`/sessions/${second.sessionId}`).expect(200);
      expect(other.body).toMatchObject({ id: second.sessionId, current: false });
      const own = await app.as(first.token).get(`/sessions/${first.sessionId}`).expect(200);
      const current = await app.as(first.token).get('/sessions/current').expect(200);
      expect(current.body).toMatchObject({ id: first.sessionId, current: true });
      expect(own.body).toEqual(current.body);
    });

    it("answers another user's id, an unknown id and a malformed id with the same 404 (ASVS 8.2.2)", async () => {
      const { token } = await app.person();
      const stranger = await app.person();
      const ids = [
        String(stranger.sessionId),
        '999999999',
        'x',
        '0',
        '-1',
        '1.5',
        '1e3',
        '0x1',
        '%20',
        '01',
        `${stranger.sessionId}%00`,
        '9223372036854775808',
        '9'.repeat(99),
      ];
      const answers = new Set<string>();
      for (const method of ['get', 'delete'] as const) {
        for (const id of ids) {
          const { status, text, headers } = await app.as(token)[method](`/sessions/${id}`);
          answers.add(JSON.stringify([status, text, { ...headers, date: undefined }]));
        }
      }
      expect([...answers]).toHaveLength(1);
      expect([...answers][0]).toMatch(/^\[404,.*not_found/);
      await app.as(stranger.token).get('/me').expect(200);
    });
  });

  describe('DELETE', () => {
    it('ends a session by its id, from the next request on (ASVS 7.4.1)', async () => {
      const first = await app.person();
      const second = await app.signIn(first.email);
      const { text } = await app.as(first.token).delete(`/sessions/${second.sessionId}`).expect(204);
      expect(text).toBe('');
      await app.as(second.token).get('/me').expect(401);
      await app.as(first.token).get(`/sessions/${second.sessionId}`).expect(404);
      await app.as(first.token).delete(`/sessions/${second.sessionId}`).expect(404);
      expect(await idsOf(first.token)).toEqual([first.sessionId]);
    });

    it('signs the caller out, by `current` or by the id of the session', async () => {
      const first = await app.person();
      const second = await app.signIn(first.email);
      await app.as(first.token).delete('/sessions/current').expect(204);
      await app.as(first.token).delete('/sessions/current').expect(401);
      await app.as(second.token).delete(`/sessions/${second.sessionId}`).expect(204);
      await app.as(second.token).get('/sessions').expect(401);
    });

    it("ends all sessions but the caller's at /sessions/others", async () => {
      const first = await app.person();
      const second = await app.signIn(first.email);
      const stranger = await app.person();
      await app.as(second.token).delete('/sessions/others').expect(204);
      await app.as(first.token).get('/me').expect(401);
      expect(await idsOf(second.token)).toEqual([second.sessionId]);
      await app.as(stranger.token).get('/me').expect(200);
    });

    it("ends all sessions at /sessions, also the caller's", async () => {
      const first = await app.person();
      const second = await app.signIn(first.email);
      const stranger = await app.person();
      await app.as(first.token).delete('/sessions').expect(204);
      await app.as(first.token).get('/me').expect(401);
      await app.as(second.token).get('/me').expect(401);
      await app.as(stranger.token).get('/me').expect(200);
      await app.signIn(first.email);
    });

    it('succeeds once when many requests end one session at the same time', async () => {
      const first = await app.person();
      const second = await app.signIn(first.email);
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => app.as(first.token).delete(`/sessions/${second.sessionId}`)),
      );
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([204, ...Array<number>(7).fill(404)]);
    });

    it('requires a token', async () => {
      for (const path of ['/sessions', '/sessions/1', '/sessions/current', '/sessions/others']) {
        const { body } = await app.anonymous.delete(path).expect(401);
        expect(body).toMatchObject({ code: 'authentication_required' });
      }
    });
  });
});
