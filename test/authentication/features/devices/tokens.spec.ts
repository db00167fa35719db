import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { UserEvents, type UserFact } from '../../../../src/authentication/core/events/user-events.js';
import { Sweeper } from '../../../../src/authentication/core/sweeping/sweeper.js';
import { digestOf } from '../../../../src/authentication/core/tokens/secret.js';
import type { User } from '../../../../src/authentication/core/users/user.entity.js';
import { CurrentDevice } from '../../../../src/authentication/features/devices/current-device.js';
import { devicesEn } from '../../../../src/authentication/features/devices/devices.en.js';
import { DevicesModule } from '../../../../src/authentication/features/devices/devices.module.js';
import {
  AuthenticationGuard,
  CurrentUser,
  SessionOnly,
} from '../../../../src/authentication/sessions/authentication.guard.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';
import { RealmsFeature } from '../../../support/features/realms.feature.js';
import { patternOf } from '../../../support/texts.js';

const TOKEN_MAIL = patternOf(devicesEn['device_token_issued.mail.subject']);

/** Routes of the host application, behind the guard. */
@Controller('readings')
@UseGuards(AuthenticationGuard)
class ReadingsController {
  @Get()
  list(@CurrentUser() user: User, @CurrentDevice() device: number | null): object {
    return { owner: user.id, device };
  }

  @Get('private')
  @SessionOnly()
  show(): object {
    return {};
  }
}

@Module({ controllers: [ReadingsController] })
class ReadingsModule {}

describe('device tokens', () => {
  let app: TestApplication;
  const events: UserFact[] = [];

  beforeAll(async () => {
    app = await startApplication({ imports: [ReadingsModule] });
    app
      .get(UserEvents)
      .listen({ onUserFact: (fact) => Promise.resolve(events.push(fact)).then(() => undefined) });
  });
  afterAll(() => app.close());

  const issue = async (session: string, id: number): Promise<string> =>
    (await app.as(session).post(`/devices/${id}/tokens`).send({ current_password: PASSWORD }).expect(201))
      .body.token as string;
  const withDevice = async () => {
    const person = await app.person({ verified: true });
    const { body } = await app.as(person.token).post('/devices').send({ name: 'Sensor' }).expect(201);
    const { id } = body as { id: number };
    return { ...person, id, device: await issue(person.token, id) };
  };

  it('are refused while their device is marked deleted, also by a statement of the host', async () => {
    const { token } = await app.person();
    const { body: device } = await app.as(token).post('/devices').send({ name: 'Lamp' }).expect(201);
    const { body } = await app
      .as(token)
      .post(`/devices/${device.id}/tokens`)
      .send({ current_password: PASSWORD })
      .expect(201);
    await app
      .as(body.token as string)
      .get('/me')
      .expect(200);
    await app.query('UPDATE authentication.devices SET deleted_at = now() WHERE id = $1', [device.id]);
    await app
      .as(body.token as string)
      .get('/me')
      .expect(401);
  });

  it('want the password, so that a stolen session alone cannot issue one', async () => {
    const { token, id } = await withDevice();
    const issued = () => app.query('SELECT 1 FROM authentication.device_tokens WHERE device_id = $1', [id]);
    const api = app.as(token);
    const missing = await api.post(`/devices/${id}/tokens`).expect(422);
    expect(missing.body).toMatchObject({
      code: 'missing_parameters',
      errors: [{ field: 'current_password', code: 'missing' }],
    });
    const { body } = await api
      .post(`/devices/${id}/tokens`)
      .send({ current_password: 'a wrong guess, and another' })
      .expect(422);
    expect(body).toMatchObject({ errors: [{ field: 'current_password', code: 'incorrect' }] });
    expect(await issued()).toHaveLength(1);
  });

  it('are mailed to the owner, with the name of their device, and told to the features', async () => {
    const { email } = await withDevice();
    const [mail] = await app.mailbox.to(email, TOKEN_MAIL);
    expect(mail?.text).toContain('"Sensor"');
    expect(mail?.text).not.toContain('dev_');
    const facts = events.filter(({ action }) => action === 'device_token_issued');
    expect(facts.at(-1)).toMatchObject({ user: { email } });
  });

  it('are not issued to a session token in its grace period', async () => {
    const person = await app.person();
    const { body: device } = await app.as(person.token).post('/devices').send({ name: 'Lamp' }).expect(201);
    const token = await app.tokenInGrace(person);
    const { body } = await app
      .as(token)
      .post(`/devices/${device.id}/tokens`)
      .send({ current_password: PASSWORD })
      .expect(401);
    expect(body).toMatchObject({ code: 'authentication_required' });
    await app.as(token).get(`/devices/${device.id}`).expect(200);
  });

  it('are shown once, with their user, their device and their expiry', async () => {
    const { token, userId, id } = await withDevice();
    const { body } = await app
      .as(token)
      .post(`/devices/${id}/tokens`)
      .send({ current_password: PASSWORD })
      .expect(201);
    expect(body).toEqual({
      token: expect.stringMatching(/^dev_[\w-]{43}$/) as string,
      type: 'device',
      user_id: userId,
      device_id: id,
      created_at: expect.any(String) as string,
      expires_at: expect.any(String) as string,
    });
    const { created_at: from, expires_at: to } = body as { created_at: string; expires_at: string };
    expect(Date.parse(to) - Date.parse(from)).toBe(90 * 86_400_000);
    const shown = await app.as(token).get(`/devices/${id}`).expect(200);
    expect(shown.text).not.toContain('dev_');
  });

  it('are stored only as SHA-256 (ASVS 7.2.3)', async () => {
    const { id, device } = await withDevice();
    const rows = await app.query<{ digest: Buffer }>(
      'SELECT * FROM authentication.device_tokens WHERE device_id = $1',
      [id],
    );
    expect(rows.map(({ digest }) => Buffer.from(digest).equals(digestOf(device)))).toEqual([true]);
    expect(JSON.stringify(rows)).not.toContain(device);
  });

  it('are accepted by GET /me, their own device and the routes of the host, in either header', async () => {
    const { email, userId, id, device } = await withDevice();
    const api = app.as(device);
    expect((await api.get('/me').expect(200)).body).toMatchObject({ id: userId, email });
    expect((await api.get(`/devices/${id}`).expect(200)).body).toMatchObject({ id, name: 'Sensor' });
    await api.get('/readings').expect(200, { owner: userId, device: id });
    await app.anonymous
      .get('/readings')
      .set('Authorization', `Bearer ${device}`)
      .expect(200, { owner: userId, device: id });
    const { body } = await api.get('/readings/private').expect(403);
    expect(body).toMatchObject({ code: 'session_required' });
  });

  it('are answered 403 for any other device', async () => {
    const { token, device } = await withDevice();
    const sibling = await app.as(token).post('/devices').send({ name: 'Other' }).expect(201);
    const stranger = await withDevice();
    for (const id of [sibling.body.id, stranger.id, 999_999_999, 'abc', '01']) {
      const { body } = await app
        .as(device)
        .get(`/devices/${id as string}`)
        .expect(403);
      expect(body).toMatchObject({ code: 'session_required' });
    }
  });

  it('that were never issued are answered 401', async () => {
    for (const token of [`dev_${'A'.repeat(43)}`, 'dev_', `dev_${'A'.repeat(42)}`, `dev_${'A'.repeat(44)}`]) {
      await app.as(token).get('/me').expect(401);
      await app.as(token).get('/devices/1').expect(401);
      await app.as(token).get('/devices').expect(401);
    }
  });

  it('are distinguished from a session token that begins with the same prefix', async () => {
    const { token, sessionId } = await app.person();
    const lucky = `dev_${token.slice(4)}`;
    await app.query('UPDATE authentication.sessions SET token_digest = $1 WHERE id = $2', [
      digestOf(lucky),
      sessionId,
    ]);
    await app.as(lucky).get('/sessions/current').expect(200);
  });

  it('of one device end together', async () => {
    const { token, id, device } = await withDevice();
    const second = await issue(token, id);
    const other = await app.as(token).post('/devices').send({ name: 'Other' }).expect(201);
    const stays = await issue(token, other.body.id as number);
    await app.as(token).delete(`/devices/${id}/tokens`).expect(204);
    for (const ended of [device, second]) await app.as(ended).get('/me').expect(401);
    await app.as(stays).get('/me').expect(200);
    await app.as(token).delete(`/devices/${id}/tokens`).expect(204);
    await app
      .as(await issue(token, id))
      .get('/me')
      .expect(200);
  });

  it('end with their device, also with keep_data', async () => {
    for (const query of ['', '?keep_data=true']) {
      const { token, id, device } = await withDevice();
      await app.as(token).delete(`/devices/${id}${query}`).expect(204);
      await app.as(device).get('/me').expect(401);
      const left = await app.query('SELECT 1 FROM authentication.device_tokens WHERE device_id = $1', [id]);
      expect(left).toEqual([]);
    }
  });

  it("are issued and ended only by the device's owner", async () => {
    const { id, device } = await withDevice();
    const { token } = await app.person();
    await app.as(token).post(`/devices/${id}/tokens`).send({ current_password: PASSWORD }).expect(404);
    await app.as(token).delete(`/devices/${id}/tokens`).expect(404);
    await app.as(device).post(`/devices/${id}/tokens`).send({ current_password: PASSWORD }).expect(403);
    await app.as(device).delete(`/devices/${id}/tokens`).expect(403);
    await app.as(device).get('/me').expect(200);
  });

  it('expire after 90 days, and are swept', async () => {
    const { id, device } = await withDevice();
    await letTimePass(app, '89 days');
    await app.as(device).get('/me').expect(200);
    await letTimePass(app, '1 day');
    await app.as(device).get('/me').expect(401);
    const { device: live } = await withDevice();
    await app.get(Sweeper).sweep();
    const left = await app.query('SELECT 1 FROM authentication.device_tokens WHERE device_id = $1', [id]);
    expect(left).toEqual([]);
    await app.as(live).get('/me').expect(200);
  });

  it('update last_seen_at of their device, at most once a minute', async () => {
    const { token, id, device } = await withDevice();
    const seen = async () =>
      (await app.as(token).get(`/devices/${id}`).expect(200)).body.last_seen_at as string | null;
    expect(await seen()).toBeNull();
    await app.as(device).get('/readings').expect(200);
    const first = await seen();
    expect(first).not.toBeNull();
    await app.as(device).get('/readings').expect(200);
    expect(await seen()).toBe(first);
    await letTimePass(app, '61 seconds');
    const before = await seen();
    await app.as(device).get('/readings').expect(200);
    expect(Date.parse((await seen())!)).toBeGreaterThan(Date.parse(before!));
  });

  it('are refused beside another token in one request', async () => {
    const { token, device } = await withDevice();
    await app.as(token).get('/me').set('Authorization', `Bearer ${device}`).expect(400);
  });
});

describe('device tokens and the limit of wrong passwords', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ variables: { THROTTLE_FACTOR: '1' } });
  });
  afterAll(() => app.close());

  it('are refused after ten wrong passwords, as every change with `current_password`', async () => {
    const { token } = await app.person();
    const { body } = await app.as(token).post('/devices').send({ name: 'Sensor' }).expect(201);
    const issue = (password: string) =>
      app
        .as(token)
        .post(`/devices/${body.id as number}/tokens`)
        .send({ current_password: password });
    for (let tries = 0; tries < 10; tries += 1) await issue('a wrong guess, and another').expect(422);
    await issue(PASSWORD).expect(429);
  });
});

describe('device tokens of a realm', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ features: [RealmsFeature, DevicesModule] });
  });
  afterAll(() => app.close());

  it('are accepted in that realm only', async () => {
    const email = app.newEmail();
    const form = { email, password: PASSWORD };
    await app.anonymous
      .post('/sign_up')
      .set('X-Realm', 'Red')
      .send({ ...form, password_confirmation: PASSWORD })
      .expect(201);
    const { headers } = await app.anonymous.post('/sign_in').set('X-Realm', 'Red').send(form).expect(201);
    const red = app.as(String(headers['x-session-token'])).set('X-Realm', 'Red');
    const { body } = await red.post('/devices').send({ name: 'Sensor' }).expect(201);
    const issued = await red
      .post(`/devices/${body.id as number}/tokens`)
      .send({ current_password: PASSWORD })
      .expect(201);
    const device = issued.body.token as string;
    await app.as(device).get('/me').set('X-Realm', 'Red').expect(200);
    await app.as(device).get('/me').set('X-Realm', 'Blue').expect(401);
    await app.as(device).get('/me').expect(401);
  });
});
