import { DevicesModule } from '../../../../src/authentication/features/devices/devices.module.js';
import { startApplication, type TestApplication } from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';
import { RealmsFeature } from '../../../support/features/realms.feature.js';

let clients = 0;

/** The address of a client that no other test uses. */
function newAddress(): string {
  clients += 1;
  return `198.51.100.${clients}`;
}

describe('limits of pairing', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ variables: { TRUSTED_PROXIES: '127.0.0.1', THROTTLE_FACTOR: '1' } });
  });
  afterAll(() => app.close());

  const open = (address: string) =>
    app.anonymous.post('/devices/pairings').set('X-Forwarded-For', address).send({ name: 'Mirror' });
  const pair = (session: string, code: string, address = newAddress()) =>
    app.as(session).post('/devices/pair').set('X-Forwarded-For', address).send({ code });

  it('are 10 devices an hour per client, by /64 of IPv6 (CVE-2026-45364)', async () => {
    for (const address of [newAddress(), '2001:db8:1:2::1']) {
      for (let opened = 0; opened < 10; opened += 1) await open(address).expect(201);
      const { body, headers } = await open(address).expect(429);
      expect(body).toMatchObject({ code: 'too_many_requests' });
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(3600);
    }
    await open('2001:db8:1:2:ffff::9').expect(429);
    await open('2001:db8:1:3::1').expect(201);
  });

  it('are 10 tries of a code a minute per user, from any address, also counting right codes', async () => {
    const { token } = await app.person();
    for (let tried = 0; tried < 9; tried += 1) await pair(token, 'AAAAAA').expect(404);
    const opened = async () => (await open(newAddress()).expect(201)).body.code as string;
    await pair(token, await opened()).expect(200);
    const code = await opened();
    const { body, headers } = await pair(token, code).expect(429);
    expect(body).toMatchObject({ code: 'too_many_requests' });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
    await app.as(token).get('/me').expect(200);
    await pair((await app.person()).token, 'AAAAAA').expect(404);
    await letTimePass(app, '1 minute');
    await pair(token, code).expect(200);
  });

  it('count every one of 20 tries at the same time', async () => {
    const { token } = await app.person();
    const answers = await Promise.all(Array.from({ length: 20 }, () => pair(token, 'AAAAAA')));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array<number>(10).fill(404), ...Array<number>(10).fill(429)]);
  });

  it('are 30 tries a minute per client, for all its users together', async () => {
    const address = newAddress();
    const statuses: number[] = [];
    for (let person = 0; person < 4; person += 1) {
      const { token } = await app.person();
      for (let tried = 0; tried < 8; tried += 1) {
        statuses.push((await pair(token, 'AAAAAA', address)).status);
      }
    }
    expect(statuses).toEqual([...Array<number>(30).fill(404), 429, 429]);
  });
});

describe('limits of pairing in realms', () => {
  it('are counted for each realm separately', async () => {
    const app = await startApplication({
      variables: { THROTTLE_FACTOR: '1' },
      features: [RealmsFeature, DevicesModule],
    });
    try {
      const open = (realm: string) =>
        app.anonymous.post('/devices/pairings').set('X-Realm', realm).send({ name: 'Mirror' });
      for (const realm of ['Acme', 'Red', 'Blue']) {
        for (let opened = 0; opened < 10; opened += 1) await open(realm).expect(201);
        await open(realm).expect(429);
      }
    } finally {
      await app.close();
    }
  });

  it('are also 200 devices an hour for a realm as a whole, because its backend names the clients', async () => {
    const app = await startApplication({
      variables: { THROTTLE_FACTOR: '1', TRUSTED_PROXIES: '127.0.0.1' },
      features: [RealmsFeature, DevicesModule],
    });
    try {
      const open = (realm: string, client: number) =>
        app.anonymous
          .post('/devices/pairings')
          .set('X-Realm', realm)
          .set('X-Forwarded-For', `203.0.113.${client}`)
          .send({ name: 'Mirror' });
      for (let client = 0; client < 20; client += 1)
        for (let opened = 0; opened < 10; opened += 1) await open('Red', client).expect(201);
      const { headers } = await open('Red', 20).expect(429);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      await open('Blue', 20).expect(201);
      for (let client = 0; client < 21; client += 1)
        for (let opened = 0; opened < 10; opened += 1) await open('Acme', client).expect(201);
    } finally {
      await app.close();
    }
  });
});
