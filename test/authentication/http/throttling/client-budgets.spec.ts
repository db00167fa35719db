import { httpEn } from '../../../../src/authentication/http/http.en.js';
import { startApplication, type TestApplication } from '../../../support/application.js';
import { readable, said } from '../../../support/texts.js';

const DOCUMENTED = { TRUSTED_PROXIES: '127.0.0.1', THROTTLE_FACTOR: '1' };

let clients = 0;

/** An address that no other test uses. */
function newAddress(): string {
  clients += 1;
  return `198.51.100.${clients}`;
}

describe('requests per client address', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ variables: DOCUMENTED });
  });
  afterAll(() => app.close());

  const from = (address: string) => app.anonymous.set('X-Forwarded-For', address);

  /** The statuses of `count` requests. Bodies are empty, since requests are counted before they are read. */
  async function statuses(count: number, send: (index: number) => PromiseLike<{ status: number }>) {
    const seen: number[] = [];
    for (let index = 0; index < count; index += 1) seen.push((await send(index)).status);
    return seen;
  }

  async function expectBudget(
    limit: number,
    windowSeconds: number,
    send: (client: ReturnType<typeof from>) => PromiseLike<{ status: number; body: unknown }>,
  ): Promise<void> {
    const address = newAddress();
    const seen = await statuses(limit, () => send(from(address)));
    expect(seen).not.toContain(429);
    const { status, body, headers } = (await send(from(address))) as Awaited<
      ReturnType<typeof app.anonymous.get>
    >;
    expect(status).toBe(429);
    expect(body).toEqual({
      type: 'urn:authentication:problem:too_many_requests',
      title: 'Too many requests',
      status: 429,
      detail: expect.any(String) as string,
      code: 'too_many_requests',
    });
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['retry-after']).toMatch(/^\d+$/);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(windowSeconds);
    expect((await send(from(newAddress()))).status).not.toBe(429);
  }

  it('are 30 sign-ins a minute (ASVS 6.3.1)', () =>
    expectBudget(30, 60, (client) => client.post('/sign_in').send({})));

  it('are 20 sign-ups an hour', () => expectBudget(20, 3600, (client) => client.post('/sign_up').send({})));

  it('are 30 requests for mails an hour', () =>
    expectBudget(30, 3600, (client) => client.post('/identity/password_reset').send({})));

  it('are 30 tokens tried a minute', () =>
    expectBudget(30, 60, (client) => client.put('/identity/password_reset').send({})));

  it('have one budget for all routes that take a mailed token', async () => {
    const address = newAddress();
    const routes = [
      () => from(address).put('/identity/email_verification').send({}),
      () => from(address).put('/identity/password_reset').send({}),
      () => from(address).get('/identity/password_reset?token=x').set('Accept', 'application/json'),
      () => from(address).get('/identity/email_verification?token=x'),
      () => from(address).post('/identity/email_verification/confirmation').type('form').send({ token: 'x' }),
      () => from(address).post('/identity/password_reset/completion').type('form').send({ token: 'x' }),
    ];
    const seen = await statuses(30, (index) => (routes[index % routes.length] ?? routes[0])!());
    expect(seen).not.toContain(429);
    for (const route of routes) expect((await route()).status).toBe(429);
  });

  it('have one budget for all routes that send mails', async () => {
    const address = newAddress();
    const { token } = await app.person();
    const routes = [
      () => from(address).post('/identity/password_reset').send({}),
      () => from(address).post('/identity/email_verification').send({}),
      () => from(address).put('/identity/email').set('X-Session-Token', token).send({}),
    ];
    const seen = await statuses(30, (index) => (routes[index % routes.length] ?? routes[0])!());
    expect(seen).not.toContain(429);
    for (const route of routes) expect((await route()).status).toBe(429);
  });

  it('have separate budgets: a client that may not sign in any more may still request a reset', async () => {
    const address = newAddress();
    await statuses(31, () => from(address).post('/sign_in').send({}));
    await from(address).post('/identity/password_reset').send({ email: app.newEmail() }).expect(204);
    await from(address).post('/sign_up').send({}).expect(422);
  });

  it('beyond the limit get a page in a browser', async () => {
    const address = newAddress();
    const page = () => from(address).get('/identity/password_reset?token=x').set('Accept', 'text/html');
    await statuses(30, page);
    const { headers, text } = await page().expect(429);
    expect(headers['content-type']).toMatch(/^text\/html/);
    expect(headers['retry-after']).toMatch(/^\d+$/);
    expect(readable(text)).toContain(said(httpEn['problem.too_many_requests.title']));
  });

  it('are counted for a whole IPv6 /64 as one client (CVE-2026-45364)', async () => {
    const seen = await statuses(30, (index) =>
      from(`2001:db8:1:2::${index.toString(16)}`)
        .post('/sign_in')
        .send({}),
    );
    expect(seen).not.toContain(429);
    await from('2001:db8:1:2:ffff:ffff:ffff:ffff').post('/sign_in').send({}).expect(429);
    await from('2001:0DB8:0001:0002::').post('/sign_in').send({}).expect(429);
    await from('2001:db8:1:3::1').post('/sign_in').send({}).expect(422);
  });

  it('are counted for 1.2.3.4 and every spelling of ::ffff:1.2.3.4 as one client (CVE-2026-45364)', async () => {
    const spellings = [
      '192.0.2.77',
      '::ffff:192.0.2.77',
      '::FFFF:192.0.2.77',
      '::ffff:c000:24d',
      '0:0:0:0:0:ffff:c000:24d',
      '0:0:0:0:0:ffff:192.0.2.77',
    ];
    const seen = await statuses(30, (index) =>
      from(spellings[index % spellings.length] ?? '')
        .post('/sign_in')
        .send({}),
    );
    expect(seen).not.toContain(429);
    for (const spelling of spellings) await from(spelling).post('/sign_in').send({}).expect(429);
    await from('::ffff:192.0.2.78').post('/sign_in').send({}).expect(422);
  });

  it('stay limited with another spelling of the path (GHSA-x732-6j76-qmhm)', async () => {
    const address = newAddress();
    await statuses(30, () => from(address).post('/sign_in').send({}));
    const spellings = [
      '//sign_in',
      '/sign_in/',
      '/SIGN_IN',
      '/sign_in?x=1',
      '/%73ign_in',
      '/./sign_in',
      '/sign_in;x',
    ];
    for (const path of spellings) {
      const { status } = await from(address).post(path).send({});
      expect({ path, refused: [404, 429].includes(status) }).toEqual({ path, refused: true });
    }
    await from(address).post('/sign_in?x=1').send({}).expect(429);
  });

  it('stay limited with another forwarding header', async () => {
    const address = newAddress();
    await statuses(30, () => from(address).post('/sign_in').send({}));
    for (const header of ['Forwarded', 'X-Real-IP', 'X-Client-IP', 'True-Client-IP', 'CF-Connecting-IP']) {
      await from(address).set(header, '203.0.113.9').post('/sign_in').send({}).expect(429);
    }
  });
});

describe('THROTTLE_FACTOR', () => {
  it('multiplies every limit, but leaves at least one request', async () => {
    const app = await startApplication({ variables: { ...DOCUMENTED, THROTTLE_FACTOR: '0.1' } });
    const limits = { '/sign_in': 3, '/sign_up': 2, '/identity/password_reset': 3 };
    for (const [path, limit] of Object.entries(limits)) {
      for (let sent = 0; sent < limit; sent += 1) await app.anonymous.post(path).send({}).expect(422);
      await app.anonymous.post(path).send({}).expect(429);
    }
    await app.close();
    const strict = await startApplication({ variables: { ...DOCUMENTED, THROTTLE_FACTOR: '0.0001' } });
    await strict.anonymous.post('/sign_in').send({}).expect(422);
    await strict.anonymous.post('/sign_in').send({}).expect(429);
    await strict.close();
  });
});
