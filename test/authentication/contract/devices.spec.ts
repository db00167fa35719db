import { isEmbedded, PASSWORD, startApplication, type TestApplication } from '../../support/application.js';
import { overtaken } from '../../support/overtaken.js';
import { RESET_MAIL } from '../../support/texts.js';

const NEW = { password: 'four other words, quite new', password_confirmation: 'four other words, quite new' };

// Called before the application runs, because it opens the connection, which drops prepared statements.
const EMBEDDED = isEmbedded();

describe('the access of a device', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  /** A user with a device in a group that has a token, and a paired device that has not collected its token. */
  const person = async (options?: { verified: boolean }) => {
    const someone = await app.person(options);
    const api = app.as(someone.token);
    const { id } = (await api.post('/devices').send({ name: 'Sensor' }).expect(201)).body as { id: number };
    const group = (await api.post('/device_groups').send({ name: 'HOME' }).expect(201)).body as {
      id: number;
    };
    await api.put(`/device_groups/${group.id}/devices/${id}`).expect(204);
    const device = (await api.post(`/devices/${id}/tokens`).send({ current_password: PASSWORD }).expect(201))
      .body.token as string;
    const opened = await app.anonymous.post('/devices/pairings').send({ name: 'Mirror' }).expect(201);
    const { code, pairing_token } = opened.body as { code: string; pairing_token: string };
    await api.post('/devices/pair').send({ code }).expect(200);
    return { ...someone, id, device, pairing_token };
  };
  const expectEnded = async ({ device, pairing_token }: { device: string; pairing_token: string }) => {
    await app.as(device).get('/me').expect(401);
    await app.as(pairing_token).get('/devices/pairings/current').expect(400);
  };
  const devicesOf = (userId: number) =>
    app.query('SELECT id FROM authentication.devices WHERE user_id = $1', [userId]);
  const groupsOf = (userId: number) =>
    app.query('SELECT id FROM authentication.device_groups WHERE user_id = $1', [userId]);
  const reset = async (email: string) => {
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const token = await app.mailbox.tokenTo(email, RESET_MAIL);
    await app.anonymous
      .put('/identity/password_reset')
      .send({ token, ...NEW })
      .expect(200);
  };

  it('ends with a change of the password; the devices stay', async () => {
    const someone = await person();
    await app
      .as(someone.token)
      .put('/password')
      .send({ current_password: PASSWORD, ...NEW })
      .expect(200);
    await expectEnded(someone);
    expect((await app.as(someone.token).get('/devices').expect(200)).body).toMatchObject([
      { name: 'Mirror' },
      { name: 'Sensor', groups: [{ name: 'HOME' }] },
    ]);
    const { body } = await app
      .as(someone.token)
      .post(`/devices/${someone.id}/tokens`)
      .send({ current_password: NEW.password })
      .expect(201);
    await app
      .as(body.token as string)
      .get('/me')
      .expect(200);
  });

  it('ends with a reset; the devices stay', async () => {
    const someone = await person({ verified: true });
    await reset(someone.email);
    await expectEnded(someone);
    expect(await devicesOf(someone.userId)).toHaveLength(2);
    expect(await groupsOf(someone.userId)).toHaveLength(1);
  });

  it('ends, and devices and groups are deleted, when an address that was never verified is taken over', async () => {
    const someone = await person();
    await reset(someone.email);
    await expectEnded(someone);
    expect(await devicesOf(someone.userId)).toEqual([]);
    expect(await groupsOf(someone.userId)).toEqual([]);
  });

  it('ends with DELETE /sessions', async () => {
    const someone = await person();
    await app.as(someone.token).delete('/sessions').expect(204);
    await expectEnded(someone);
    expect(await devicesOf(someone.userId)).toHaveLength(2);
  });

  it('ends with DELETE /devices/:id/tokens, also for a token that was not collected yet', async () => {
    const someone = await person();
    const { body } = await app.as(someone.token).get('/devices').expect(200);
    for (const { id } of body as { id: number }[]) {
      await app.as(someone.token).delete(`/devices/${id}/tokens`).expect(204);
    }
    await expectEnded(someone);
  });

  it('stays after DELETE /sessions/others and a sign-out', async () => {
    const someone = await person();
    await app.as(someone.token).delete('/sessions/others').expect(204);
    await app.as(someone.token).delete('/sessions/current').expect(204);
    await app.as(someone.device).get('/me').expect(200);
    const { body } = await app.as(someone.pairing_token).get('/devices/pairings/current').expect(200);
    await app
      .as(body.token as string)
      .get('/me')
      .expect(200);
  });

  it('is refused immediately while the user is suspended', async () => {
    const someone = await person();
    await app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [someone.userId]);
    await expectEnded(someone);
    await app.as(someone.device).get(`/devices/${someone.id}`).expect(401);
  });

  it('is not issued by a request that waited while its session ended, the password changed or the user was suspended', async () => {
    const users = 'UPDATE authentication.users SET';
    const ends = [
      ['DELETE FROM authentication.sessions WHERE user_id = $1', 401],
      [`${users} suspended_at = now() WHERE id = $1`, 401],
      [
        `${users} password_digest = (SELECT password_digest || '' FROM authentication.users WHERE id = $2) WHERE id = $1`,
        422,
      ],
    ] as const;
    const other = await app.person();
    for (const [statement, status] of ends) {
      const someone = await person();
      const values = statement.includes('$2') ? [someone.userId, other.userId] : [someone.userId];
      const [answer] = await overtaken(
        app,
        someone.userId,
        [
          () =>
            app
              .as(someone.token)
              .post(`/devices/${someone.id}/tokens`)
              .send({ current_password: EMBEDDED && status === 422 ? 'changed meanwhile' : PASSWORD }),
        ],
        (query) => query(statement, values),
      );
      expect(answer?.status).toBe(status);
      const tokens = 'SELECT 1 FROM authentication.device_tokens WHERE device_id = $1';
      expect(await app.query(tokens, [someone.id])).toHaveLength(1);
    }
  });

  it('ends for that user only', async () => {
    const [someone, other] = [await person(), await person()];
    await app.as(someone.token).delete('/sessions').expect(204);
    await app.as(other.device).get('/me').expect(200);
    await app.as(other.pairing_token).get('/devices/pairings/current').expect(200);
  });

  // Requests that overtake one another need more than one connection.
  if (!EMBEDDED) {
    it('is not given by a request that waits while the session ends', async () => {
      for (let round = 0; round < 10; round += 1) {
        const someone = await person();
        const api = app.as(someone.token);
        const opened = await app.anonymous.post('/devices/pairings').send({ name: 'Late' }).expect(201);
        const [, ...issued] = await Promise.all([
          api.delete('/sessions'),
          ...Array.from({ length: 4 }, () =>
            api.post(`/devices/${someone.id}/tokens`).send({ current_password: PASSWORD }),
          ),
          api.post('/devices/pair').send({ code: opened.body.code as string }),
          app.as(someone.pairing_token).get('/devices/pairings/current'),
        ]);
        const tokens = issued.flatMap(({ body }) => (body as { token?: string }).token ?? []);
        for (const token of tokens) await app.as(token).get('/me').expect(401);
        const late = await app.as(opened.body.pairing_token as string).get('/devices/pairings/current');
        expect(late.body).not.toHaveProperty('token');
      }
    });
  }
});
