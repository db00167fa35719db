import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { CurrentDevice } from '../../../../src/authentication/features/devices/current-device.js';
import { DevicesModule } from '../../../../src/authentication/features/devices/devices.module.js';
import { AuthenticationGuard } from '../../../../src/authentication/sessions/authentication.guard.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';
import { KeywordFeature } from '../../../support/features/keyword.feature.js';

@Controller('readings')
@UseGuards(AuthenticationGuard)
class ReadingsController {
  @Get()
  list(@CurrentDevice() device: number | null): { device: number | null } {
    return { device };
  }
}

@Module({ controllers: [ReadingsController] })
class ReadingsModule {}

describe('POST /sign_in with a device_id', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ imports: [ReadingsModule] });
  });
  afterAll(() => app.close());

  const add = async (token: string): Promise<number> =>
    (await app.as(token).post('/devices').send({ name: 'Phone' }).expect(201)).body.id as number;
  const signIn = (email: string, device_id: unknown, password = PASSWORD) =>
    app.anonymous.post('/sign_in').send({ email, password, device_id });
  const sessionsOf = (userId: number) =>
    app.query('SELECT id FROM authentication.sessions WHERE user_id = $1', [userId]);

  it('starts a session that belongs to the device and ends with it', async () => {
    for (const query of ['', '?keep_data=true']) {
      const { email, token } = await app.person();
      const id = await add(token);
      const [first, second] = [await signIn(email, id).expect(201), await signIn(email, id).expect(201)];
      const tokens = [first, second].map(({ headers }) => String(headers['x-session-token']));
      for (const own of tokens) await app.as(own).get('/me').expect(200);
      await app.as(token).delete(`/devices/${id}${query}`).expect(204);
      for (const own of tokens) await app.as(own).get('/me').expect(401);
      await app.as(token).get('/me').expect(200);
    }
  });

  it('starts a session that may remove its own device', async () => {
    const { email, token } = await app.person();
    const id = await add(token);
    const { headers } = await signIn(email, id).expect(201);
    const own = String(headers['x-session-token']);
    await app.as(own).delete(`/devices/${id}`).expect(204);
    await app.as(own).get('/me').expect(401);
  });

  it('does not count as a failure if only the device is wrong', async () => {
    const { email } = await app.signUp();
    const counters = async () =>
      (await app.query("SELECT 1 FROM authentication.counters WHERE key LIKE 'sign_in:%'")).length;
    const before = await counters();
    await signIn(email, 999_999).expect(422);
    expect(await counters()).toBe(before);
    await signIn(email, null, 'not the password').expect(401);
    expect(await counters()).toBe(before + 1);
    await signIn(email, null).expect(201);
    expect(await counters()).toBe(before);
  });

  it('updates last_seen_at of the device', async () => {
    const { email, token } = await app.person();
    const id = await add(token);
    const seen = async () =>
      (await app.as(token).get(`/devices/${id}`).expect(200)).body.last_seen_at as string | null;
    expect(await seen()).toBeNull();
    await signIn(email, id).expect(201);
    const first = await seen();
    expect(Math.abs(Date.parse(first!) - Date.now())).toBeLessThan(60_000);
    await letTimePass(app, '1 hour');
    await signIn(email, id).expect(201);
    expect(Date.parse((await seen())!)).toBeGreaterThanOrEqual(Date.parse(first!));
  });

  it('keeps the device after a renewal of the session', async () => {
    const { email, token } = await app.person();
    const id = await add(token);
    const { headers } = await signIn(email, id).expect(201);
    const renewal = await app.as(String(headers['x-session-token'])).post('/sessions/current/renewal');
    const renewed = String(renewal.headers['x-session-token']);
    await app.as(renewed).get('/readings').expect(200, { device: id });
    await app.as(token).delete(`/devices/${id}`).expect(204);
    await app.as(renewed).get('/me').expect(401);
  });

  it('starts a session without a device for null', async () => {
    const { email, userId } = await app.person();
    const { headers } = await signIn(email, null).expect(201);
    await app.as(String(headers['x-session-token'])).get('/readings').expect(200, { device: null });
    expect(await sessionsOf(userId)).toHaveLength(2);
  });

  it("refuses another user's, a deleted, a missing and a malformed id, and starts no session", async () => {
    const { email, token, userId } = await app.person();
    const kept = await add(token);
    await app.as(token).delete(`/devices/${kept}?keep_data=true`).expect(204);
    const others = await add((await app.person()).token);
    for (const id of [
      others,
      kept,
      999_999_999,
      0,
      -1,
      1.5,
      2 ** 53,
      1e300,
      '1',
      'x',
      '',
      true,
      [1],
      { id: 1 },
    ]) {
      const { body, headers } = await signIn(email, id).expect(422);
      expect(body).toMatchObject({
        code: 'wrong_parameters',
        errors: [{ field: 'device_id', code: 'invalid' }],
      });
      expect(headers['x-session-token']).toBeUndefined();
    }
    expect(await sessionsOf(userId)).toHaveLength(1);
  });

  it('does not show whose device it is without the password', async () => {
    const { email, token } = await app.person();
    const own = await add(token);
    const others = await add((await app.person()).token);
    for (const id of [own, others, 999_999_999]) {
      const { body } = await signIn(email, id, 'not the password').expect(401);
      expect(body).toMatchObject({ code: 'invalid_credentials' });
    }
  });

  it('leaves no session of a device that is removed at the same time', async () => {
    const { email, token } = await app.person();
    const id = await add(token);
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, () => signIn(email, id)),
      app.as(token).delete(`/devices/${id}`),
    ]);
    for (const { status, headers } of answers.slice(0, -1)) {
      if (status === 201) await app.as(String(headers['x-session-token'])).get('/me').expect(401);
      else expect(status).toBe(422);
    }
  });
});

describe('A device_id across a challenge', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ features: [KeywordFeature, DevicesModule], imports: [ReadingsModule] });
  });
  afterAll(async () => {
    await app.query('DROP TABLE authentication.keyword_challenges, authentication.keywords');
    await app.query("DELETE FROM authentication.migrations WHERE name ~ '19000000000'");
    await app.close();
  });

  const challenged = async () => {
    const { email, token } = await app.person();
    const { body } = await app.as(token).post('/devices').send({ name: 'Phone' }).expect(201);
    await app.as(token).put('/keyword').send({ keyword: 'abracadabra' }).expect(204);
    const { id } = body as { id: number };
    const { body: challenge } = await app.anonymous
      .post('/sign_in')
      .send({ email, password: PASSWORD, device_id: id })
      .expect(401);
    return { email, token, id, challenge_token: challenge.challenge_token as string };
  };
  const answer = (challenge_token: string) =>
    app.anonymous.post('/sign_in/keyword').send({ challenge_token, keyword: 'abracadabra' });

  it('applies to the session that starts after the challenge', async () => {
    const { id, challenge_token } = await challenged();
    const { headers } = await answer(challenge_token).expect(201);
    await app.as(String(headers['x-session-token'])).get('/readings').expect(200, { device: id });
  });

  it('is refused before the challenge when it is invalid', async () => {
    const { email } = await challenged();
    const { body } = await app.anonymous
      .post('/sign_in')
      .send({ email, password: PASSWORD, device_id: 999_999_999 })
      .expect(422);
    expect(body).toMatchObject({ errors: [{ field: 'device_id', code: 'invalid' }] });
  });

  it('is refused after the challenge when the device was removed meanwhile', async () => {
    const { token, id, challenge_token } = await challenged();
    await app.as(token).delete(`/devices/${id}?keep_data=true`).expect(204);
    const { body, headers } = await answer(challenge_token).expect(422);
    expect(body).toMatchObject({ errors: [{ field: 'device_id', code: 'invalid' }] });
    expect(headers['x-session-token']).toBeUndefined();
  });
});
