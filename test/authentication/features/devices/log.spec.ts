import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { Log } from '../../../support/log.js';

describe('the log of devices', () => {
  let app: TestApplication;
  let log: Log;

  beforeAll(async () => {
    app = await startApplication();
    log = Log.of(app);
  });
  afterAll(() => app.close());

  it('has one line for each outcome, and no secret in any line', async () => {
    const { token, userId } = await app.person();
    const api = app.as(token);
    const { body: opened } = await app.anonymous
      .post('/devices/pairings')
      .send({ name: 'Mirror' })
      .expect(201);
    const { code, pairing_token } = opened as { code: string; pairing_token: string };
    await api.post('/devices/pair').send({ code: 'AAAAAA' }).expect(404);
    await api.post('/devices/pair').send({ code }).expect(200);
    const collected = await app.as(pairing_token).get('/devices/pairings/current').expect(200);
    const { body: device } = await api.post('/devices').send({ name: 'Sensor' }).expect(201);
    const { id } = device as { id: number };
    const { body: issued } = await api
      .post(`/devices/${id}/tokens`)
      .send({ current_password: PASSWORD })
      .expect(201);
    await api.delete(`/devices/${id}/tokens`).expect(204);
    await api.delete(`/devices/${id}`).expect(204);
    const lines = log.entries().filter(({ event }) => /^(pairing|device)_/.test(event ?? ''));
    expect(lines.map(({ event, user_id: user, reason }) => [event, user, reason])).toEqual([
      ['pairing_requested', null, undefined],
      ['pairing_failed', userId, 'device_not_found'],
      ['device_paired', userId, undefined],
      ['device_token_issued', userId, undefined],
      ['device_added', userId, undefined],
      ['device_token_issued', userId, undefined],
      ['device_tokens_ended', userId, undefined],
      ['device_removed', userId, undefined],
    ]);
    for (const { ip_address: address } of lines) expect(address).toBe('127.0.0.1');
    const all = log.lines.join('\n');
    for (const secret of [code, pairing_token, collected.body.token, issued.token]) {
      expect(all).not.toContain(secret as string);
    }
  });
});
