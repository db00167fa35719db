import { randomBytes } from 'node:crypto';
import { Database } from '../../../../src/authentication/core/database/database.js';
import { UserEvents } from '../../../../src/authentication/core/events/user-events.js';
import { Sweeper } from '../../../../src/authentication/core/sweeping/sweeper.js';
import { User } from '../../../../src/authentication/core/users/user.entity.js';
import { newApiKey } from '../../../../src/authentication/features/applications/api-key.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';
import { Log } from '../../../support/log.js';
import { endSession, overtaken } from '../../../support/overtaken.js';
import { RESET_MAIL } from '../../../support/texts.js';
import { Estate, type Application } from './estate.js';

const NEW = { password: 'four other words, quite new', password_confirmation: 'four other words, quite new' };

describe('An API key', () => {
  let app: TestApplication;
  let estate: Estate;

  beforeAll(async () => {
    app = await startApplication();
    estate = await Estate.of(app);
  });
  afterAll(() => app.close());

  const replace = async ({ id }: Application, fields?: object, { api } = estate) => {
    const { body } = await api.post(`/applications/${id}/api_key`).send(fields).expect(201);
    expect(Object.keys(body as object)).toEqual(['api_key']);
    return (body as { api_key: string }).api_key;
  };

  /** Signs in with an unknown address: a key that works is answered `invalid_credentials`, any other `invalid_api_key`. */
  const works = async (key: string): Promise<boolean> => {
    const { body } = await estate
      .within({ key })
      .post('/sign_in')
      .send({ email: 'nobody@example.com', password: PASSWORD })
      .expect(401);
    const { code } = body as { code: string };
    expect(['invalid_credentials', 'invalid_api_key']).toContain(code);
    return code === 'invalid_credentials';
  };

  it('is refused when a request has two lines of a header that only one backend may write', async () => {
    const { key } = await estate.application();
    for (const headers of [
      { 'X-Api-Key': [key, key] },
      { 'X-Api-Key': [key, newApiKey()] },
      { 'X-Api-Key': key, 'X-Client-Address': ['192.0.2.1', '192.0.2.2'] },
      { 'X-Api-Key': key, 'X-Client-User-Agent': ['one', 'two'] },
    ] as unknown as Record<string, string>[]) {
      const { body } = await app.anonymous.get('/me').set(headers).expect(400);
      expect(body).toMatchObject({ code: 'wrong_parameters' });
    }
  });

  const keysOf = async ({ id }: Application) =>
    app.query<{ expires_at: Date | null }>(
      'SELECT expires_at FROM authentication.api_keys WHERE application_id = $1 ORDER BY id',
      [id],
    );

  it('is not issued to a session token in its grace period', async () => {
    const { id, key } = await estate.application();
    const token = await app.tokenInGrace(await app.signIn(estate.owner.email));
    for (const path of ['/applications', `/applications/${id}/api_key`]) {
      const fields = path === '/applications' ? { name: 'A further shop' } : undefined;
      const { body } = await app.as(token).post(path).send(fields).expect(401);
      expect(body).toMatchObject({ code: 'authentication_required' });
    }
    await app.as(token).get('/applications').expect(200);
    expect(await keysOf({ id, key, name: '' })).toHaveLength(1);
  });

  it('is deleted when its owner takes the account back from the session that issued it', async () => {
    const fresh = await Estate.of(app);
    const { owner } = fresh;
    const before = await fresh.application();
    const thief = await app.signIn(owner.email);
    const stolen = await app.as(thief.token).post(`/applications/${before.id}/api_key`).expect(201);
    const added = await app.as(thief.token).post('/applications').send({ name: 'Trap' }).expect(201);
    await app.as(thief.token).delete('/sessions/current').expect(204);
    await app.get(Database).transaction(async (manager) => {
      const user = await manager.findOneByOrFail(User, { id: owner.userId });
      const client = { ipAddress: null, userAgent: null, locale: 'en' };
      const since = { session: thief.sessionId };
      await app.get(UserEvents).tell(manager, { action: 'taken_back', user, client, since });
    });
    expect(await works(String(stolen.body.api_key))).toBe(false);
    expect(await works(String(added.body.api_key))).toBe(false);
    expect(await works(before.key)).toBe(true);
  });

  it('of an expired application works again for no session token in its grace period', async () => {
    const { id } = await estate.application();
    const token = await app.tokenInGrace(await app.signIn(estate.owner.email));
    const later = { expires_at: '2100-01-01' };
    await app.as(token).patch(`/applications/${id}`).send(later).expect(401);
    await app.as(token).patch(`/applications/${id}`).send({ name: 'Under way' }).expect(200);
  });

  describe('that was never issued', () => {
    const lookAlikes = (key: string) => [
      '',
      ' ',
      'naz_',
      'x',
      newApiKey(),
      key.slice(0, -1),
      `${key}x`,
      key.toUpperCase(),
      key.replace('naz_', 'nazi'),
      `${key.slice(0, -6)}AAAAAA`,
      key.slice(4),
      `Bearer ${key}`,
      `${key}, ${key}`,
      `${key},${newApiKey()}`,
      randomBytes(3000).toString('base64url'),
      "' OR 1=1 --",
    ];

    it('is answered 401 invalid_api_key', async () => {
      const { key } = await estate.application();
      for (const other of lookAlikes(key)) {
        const { body } = await estate
          .within({ key: other })
          .post('/sign_in')
          .send({ email: app.newEmail(), password: PASSWORD })
          .expect(401);
        expect([other, body]).toEqual([
          other,
          {
            type: 'urn:authentication:problem:invalid_api_key',
            title: 'Invalid API key',
            status: 401,
            detail: 'This API key is unknown, expired or revoked.',
            code: 'invalid_api_key',
          },
        ]);
      }
      expect(await works(key)).toBe(true);
    });

    it('is refused also beside a valid session', async () => {
      const { body } = await estate.within({ key: newApiKey() }, estate.owner.token).get('/me').expect(401);
      expect(body).toMatchObject({ code: 'invalid_api_key' });
    });

    it('is not accepted as a bearer token, nor a bearer token as a key', async () => {
      const { key } = await estate.application();
      await app.as(key).get('/me').expect(401);
      expect(await works(estate.owner.token)).toBe(false);
    });

    it('is logged as refused, without the key itself', async () => {
      const log = Log.of(app);
      const key = newApiKey();
      await works(key);
      expect(log.entries('api_key_refused')).toEqual([
        expect.objectContaining({ ip_address: '127.0.0.1', reason: 'invalid_api_key' }),
      ]);
      expect(log.lines.join()).not.toContain(key);
    });
  });

  describe('that is replaced', () => {
    it('works for 24 more hours', async () => {
      const application = await estate.application();
      const key = await replace(application);
      expect(key).not.toBe(application.key);
      expect([await works(application.key), await works(key)]).toEqual([true, true]);
      await letTimePass(app, '23 hours 59 minutes');
      expect([await works(application.key), await works(key)]).toEqual([true, true]);
      await letTimePass(app, '2 minutes');
      expect([await works(application.key), await works(key)]).toEqual([false, true]);
    });

    it('works for 24 hours from its own replacement, also when the next key is replaced too', async () => {
      const application = await estate.application();
      const second = await replace(application);
      await letTimePass(app, '12 hours');
      const third = await replace(application, { revoke: false });
      expect([await works(application.key), await works(second), await works(third)]).toEqual([
        true,
        true,
        true,
      ]);
      await letTimePass(app, '13 hours');
      expect([await works(application.key), await works(second), await works(third)]).toEqual([
        false,
        true,
        true,
      ]);
    });

    it('ends immediately with revoke, and so does every older key', async () => {
      const application = await estate.application();
      const second = await replace(application);
      const third = await replace(application, { revoke: true });
      expect([await works(application.key), await works(second), await works(third)]).toEqual([
        false,
        false,
        true,
      ]);
      expect(await keysOf(application)).toEqual([{ expires_at: null }]);
    });

    it('is swept after its 24 hours', async () => {
      const application = await estate.application();
      await replace(application);
      await letTimePass(app, '25 hours');
      await app.get(Sweeper).sweep();
      expect(await keysOf(application)).toEqual([{ expires_at: null }]);
    });

    it('leaves one key without an expiry after 20 replacements at the same time', async () => {
      const application = await estate.application();
      const keys = await Promise.all(Array.from({ length: 20 }, () => replace(application)));
      expect(new Set(keys).size).toBe(20);
      const rows = await keysOf(application);
      expect(rows.filter(({ expires_at }) => expires_at === null)).toHaveLength(1);
      expect(rows).toHaveLength(21);
      await letTimePass(app, '25 hours');
      const alive: string[] = [];
      for (const key of keys) if (await works(key)) alive.push(key);
      expect(alive).toHaveLength(1);
    });

    it('leaves exactly one key after 20 replacements with revoke at the same time', async () => {
      const application = await estate.application();
      const keys = await Promise.all(
        Array.from({ length: 20 }, () => replace(application, { revoke: true })),
      );
      expect(await keysOf(application)).toEqual([{ expires_at: null }]);
      const alive: string[] = [];
      for (const key of [application.key, ...keys]) if (await works(key)) alive.push(key);
      expect(alive).toHaveLength(1);
    });

    it('is not replaced when revoke is not a boolean', async () => {
      const { id, key } = await estate.application();
      for (const revoke of ['true', 1, null]) {
        const { body } = await estate.api.post(`/applications/${id}/api_key`).send({ revoke }).expect(422);
        expect(body).toMatchObject({ errors: [{ field: 'revoke', code: 'invalid' }] });
      }
      expect(await keysOf({ id, key, name: '' })).toHaveLength(1);
    });
  });

  describe('stops', () => {
    it('when its application expires', async () => {
      const { key } = await estate.application({ expires_at: new Date(Date.now() + 60_000).toISOString() });
      expect(await works(key)).toBe(true);
      await letTimePass(app, '61 seconds');
      expect(await works(key)).toBe(false);
    });

    it('while its owner is suspended', async () => {
      const other = await Estate.of(app);
      const { key } = await other.application();
      const suspend = (moment: string) =>
        app.query(`UPDATE authentication.users SET suspended_at = ${moment} WHERE id = $1`, [
          other.owner.userId,
        ]);
      await suspend('now()');
      expect(await works(key)).toBe(false);
      await suspend('NULL');
      expect(await works(key)).toBe(true);
    });

    it('when its application or its owner is deleted', async () => {
      const other = await Estate.of(app);
      const [one, two] = [await other.application(), await other.application()];
      await other.api.delete(`/applications/${one.id}`).expect(204);
      expect([await works(one.key), await works(two.key)]).toEqual([false, true]);
      await other.api.delete('/me').send({ current_password: PASSWORD }).expect(204);
      expect(await works(two.key)).toBe(false);
    });

    it("when another person proves the owner's address: whoever registered it first may have the key", async () => {
      const first = await Estate.of(app);
      const application = await first.application();
      const older = application.key;
      const newer = await replace(application, {}, first);
      const { email } = first.owner;
      // As an owner may be of the time before an owner's address had to be verified.
      await app.query('UPDATE authentication.users SET verified = false WHERE email = $1', [email]);
      await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
      const token = await app.mailbox.tokenTo(email, RESET_MAIL);
      await app.anonymous
        .put('/identity/password_reset')
        .send({ token, ...NEW })
        .expect(200);
      expect([await works(older), await works(newer)]).toEqual([false, false]);
      const { token: session } = await app.signIn(email, NEW.password);
      const { body } = await app.as(session).get('/applications').expect(200);
      expect(body).toMatchObject([{ id: application.id }]);
      const again = await app.as(session).post(`/applications/${application.id}/api_key`).expect(201);
      expect(await works((again.body as { api_key: string }).api_key)).toBe(true);
    });
  });

  it('still works when its owner changes or resets the password or signs out everywhere: a backend uses it', async () => {
    const person = await app.person({ verified: true });
    const { body } = await app.as(person.token).post('/applications').send({ name: 'Going on' }).expect(201);
    const { api_key: key } = body as { api_key: string };
    await app
      .as(person.token)
      .put('/password')
      .send({ current_password: PASSWORD, ...NEW })
      .expect(200);
    await app.anonymous.post('/identity/password_reset').send({ email: person.email }).expect(204);
    const token = await app.mailbox.tokenTo(person.email, RESET_MAIL);
    await app.anonymous
      .put('/identity/password_reset')
      .send({ token, password: PASSWORD, password_confirmation: PASSWORD })
      .expect(200);
    const again = await app.signIn(person.email);
    await app.as(again.token).delete('/sessions').expect(204);
    expect(await works(key)).toBe(true);
  });

  it('is not issued or revoked by a request that waits while its session ends, and its application is not changed', async () => {
    const { token, userId, sessionId } = await app.person({ verified: true });
    const { body } = await app.as(token).post('/applications').send({ name: 'Awaited' }).expect(201);
    const { id, api_key: key } = body as { id: string; api_key: string };
    const api = app.as(token);
    const answers = await overtaken(
      app,
      userId,
      [
        () => api.post('/applications').send({ name: 'Late' }),
        () => api.post(`/applications/${id}/api_key`).send({ revoke: true }),
        () => api.patch(`/applications/${id}`).send({ name: 'Renamed' }),
        () => api.delete(`/applications/${id}`),
      ],
      endSession(sessionId),
    );
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    expect(
      await app.query('SELECT name FROM authentication.applications WHERE owner_id = $1', [userId]),
    ).toEqual([{ name: 'Awaited' }]);
    expect(await works(key)).toBe(true);
  });

  it('has the form that secret scanners search for, and is different each time', () => {
    const keys = new Set(Array.from({ length: 10_000 }, newApiKey));
    expect(keys.size).toBe(10_000);
    for (const key of keys) expect(key).toMatch(/^naz_[\w-]{49}$/);
  });
});
