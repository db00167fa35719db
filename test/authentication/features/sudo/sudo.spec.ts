import { Controller, Get, Module } from '@nestjs/common';
import { RequireSudo } from '../../../../src/authentication/features/sudo/sudo.guard.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';

@Controller('billing')
class BillingController {
  @Get()
  @RequireSudo()
  show(): { plan: string } {
    return { plan: 'gold' };
  }
}

@Module({ controllers: [BillingController] })
class BillingModule {}

describe('sudo', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ imports: [BillingModule], variables: { THROTTLE_FACTOR: '1' } });
  });
  afterAll(() => app.close());

  const enter = (token: string, password = PASSWORD) =>
    app.as(token).post('/sessions/sudo').send({ current_password: password });

  it('treats a session as fresh for 30 minutes after its sign-in', async () => {
    const { token } = await app.person();
    await app.as(token).get('/billing').expect(200, { plan: 'gold' });
    await letTimePass(app, '29 minutes');
    await app.as(token).get('/billing').expect(200);
    await letTimePass(app, '2 minutes');
    const { body } = await app.as(token).get('/billing').expect(403);
    expect(body).toMatchObject({ status: 403, code: 'sudo_required' });
  });

  it('requires a session', async () => {
    await app.anonymous.get('/billing').expect(401);
    await app.anonymous.post('/sessions/sudo').send({ current_password: PASSWORD }).expect(401);
  });

  it('makes a session fresh again for the password, with a new token', async () => {
    const { token, sessionId } = await app.person();
    await letTimePass(app, '31 minutes');
    const { headers } = await enter(token).expect(204);
    const fresh = String(headers['x-session-token']);
    expect(fresh).not.toBe(token);
    await app.as(fresh).get('/billing').expect(200);
    const { body } = await app.as(fresh).get('/sessions/current').expect(200);
    expect(body).toMatchObject({ id: sessionId });
    await letTimePass(app, '31 minutes');
    await app.as(fresh).get('/billing').expect(403);
  });

  it('accepts the old token for 30 more seconds, but not as fresh (ASVS 7.2.4)', async () => {
    const { token } = await app.person();
    await letTimePass(app, '31 minutes');
    await enter(token).expect(204);
    await app.as(token).get('/me').expect(200);
    await app.as(token).get('/billing').expect(403);
    await enter(token).expect(401);
    await letTimePass(app, '31 seconds');
    await app.as(token).get('/me').expect(401);
  });

  it('keeps a session fresh through a renewal', async () => {
    const { token } = await app.person();
    await letTimePass(app, '31 minutes');
    const entered = await enter(token).expect(204);
    const renewal = await app
      .as(String(entered.headers['x-session-token']))
      .post('/sessions/current/renewal');
    await app.as(String(renewal.headers['x-session-token'])).get('/billing').expect(200);
  });

  it('requires the password again after the old token was renewed again', async () => {
    const { token } = await app.person();
    const renew = async (by: string) =>
      String((await app.as(by).post('/sessions/current/renewal').expect(201)).headers['x-session-token']);
    await renew(token);
    const again = await renew(token);
    await app.as(again).get('/billing').expect(403);
    const later = await renew(again);
    await app.as(later).get('/billing').expect(403);
    const { headers } = await enter(later).expect(204);
    await app.as(String(headers['x-session-token'])).get('/billing').expect(200);
  });

  it('gives no fresh token to a client that lost the new one and renews the old one', async () => {
    const { token } = await app.person();
    await letTimePass(app, '31 minutes');
    await enter(token).expect(204);
    const { headers } = await app.as(token).post('/sessions/current/renewal').expect(201);
    await app.as(String(headers['x-session-token'])).get('/billing').expect(403);
  });

  it('refuses a wrong password, and counts it like any other current_password', async () => {
    const { token } = await app.person();
    for (let failure = 0; failure < 10; failure += 1) {
      const { body } = await enter(token, 'not the password').expect(422);
      expect(body).toMatchObject({ errors: [{ field: 'current_password', code: 'incorrect' }] });
    }
    await enter(token).expect(429);
    await app.as(token).get('/me').expect(200);
  });

  it('names a missing password', async () => {
    const { token } = await app.person();
    const { body } = await app.as(token).post('/sessions/sudo').send({}).expect(422);
    expect(body).toMatchObject({ code: 'missing_parameters', errors: [{ field: 'current_password' }] });
  });
});
