import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { readable, RESET_MAIL } from '../../../support/texts.js';
import { Estate, type Application } from './estate.js';

const FORM = { password: PASSWORD, password_confirmation: PASSWORD };
const NEW = { password: 'four other words, quite new', password_confirmation: 'four other words, quite new' };

describe('Within an application', () => {
  let app: TestApplication;
  let estate: Estate;
  let shop: Application;

  beforeAll(async () => {
    app = await startApplication();
    estate = await Estate.of(app);
    shop = await estate.application({ name: 'Köln & Söhne' });
  });
  afterAll(() => app.close());

  it('an address is unique, but free in other applications and at the root', async () => {
    const other = await estate.application();
    const email = await estate.signUp(shop);
    const { body } = await estate
      .within(shop)
      .post('/sign_up')
      .send({ email, ...FORM })
      .expect(422);
    expect(body).toMatchObject({ code: 'already_registered' });
    await estate.signUp(other, email);
    await app.signUp(email);
    const people = [
      await estate.signIn(shop, email),
      await estate.signIn(other, email),
      await app.signIn(email),
    ];
    expect(new Set(people.map(({ userId }) => userId)).size).toBe(3);
  });

  it('sessions, passwords, addresses and the deletion of an account work with the key', async () => {
    const email = await estate.signUp(shop);
    const { token, userId, sessionId } = await estate.signIn(shop, email);
    const api = estate.within(shop, token);
    expect((await api.get('/me').expect(200)).body).toMatchObject({ id: userId, email });
    expect((await api.get('/sessions').expect(200)).body).toMatchObject([{ id: sessionId }]);
    await api
      .put('/password')
      .send({ current_password: PASSWORD, ...NEW })
      .expect(200);
    const renewed = await api.post('/sessions/current/renewal').expect(201);
    const again = estate.within(shop, String(renewed.headers['x-session-token']));
    const next = app.newEmail();
    await again.put('/identity/email').send({ current_password: NEW.password, email: next }).expect(200);
    const confirmation = await app.mailbox.tokenTo(next);
    await estate
      .within(shop)
      .put('/identity/email_verification')
      .send({ email: next, token: confirmation })
      .expect(204);
    expect((await again.get('/me').expect(200)).body).toMatchObject({ email: next, verified: true });
    await again.delete('/me').send({ current_password: NEW.password }).expect(204);
    await again.get('/me').expect(401);
  });

  it('mails contain its name and not the name of the root', async () => {
    const email = await estate.signUp(shop);
    const { token } = await estate.signIn(shop, email);
    await app.markVerified(email);
    const api = estate.within(shop, token);
    await estate.within(shop).post('/identity/password_reset').send({ email }).expect(204);
    await api.put('/identity/email').send({ current_password: PASSWORD, email: app.newEmail() }).expect(200);
    await api
      .put('/password')
      .send({ current_password: PASSWORD, ...NEW })
      .expect(200);
    const mails = await app.mailbox.to(email);
    expect(mails).toHaveLength(4);
    for (const { subject, text, html } of mails) {
      expect(`${subject} ${text}`).toContain('Köln & Söhne');
      expect(html).toContain('Köln &amp; Söhne');
      expect(`${subject} ${text} ${html}`).not.toContain('Acme');
    }
  });

  it('a name with HTML or template syntax stays plain text in mails and pages', async () => {
    const tricky = await estate.application({ name: '<img src=x onerror=alert(1)>{{token}}' });
    const email = await estate.signUp(tricky);
    const [mail] = await app.mailbox.to(email);
    expect(mail?.html).not.toContain('<img');
    const { pathname, search } = await app.mailbox.linkTo(email);
    const { text } = await app.anonymous.get(`${pathname}${search}`).expect(200);
    expect(text).not.toContain('<img');
    expect(text).toContain('&lt;img src&#x3D;x onerror&#x3D;alert(1)&gt;{{token}}');
  });

  it('a new name appears in the next mail and page', async () => {
    const application = await estate.application();
    const email = await estate.signUp(application);
    const { pathname, search } = await app.mailbox.linkTo(email);
    await estate.api.patch(`/applications/${application.id}`).send({ name: 'Another name' }).expect(200);
    expect((await app.anonymous.get(`${pathname}${search}`).expect(200)).text).toContain('Another name');
    await estate.within(application).post('/identity/password_reset').send({ email }).expect(204);
    expect((await app.mailbox.to(email))[0]?.subject).toContain('Another name');
  });

  it('a mailed link works without a key, in its realm, on a page with the name of the application', async () => {
    const email = await estate.signUp(shop);
    const root = await app.signUp(email);
    const mails = await app.mailbox.to(email);
    const ofShop = mails.find(({ subject }) => subject.includes('Köln'));
    const link = new URL(/http\S+/.exec(ofShop?.text ?? '')![0]);
    const { text } = await app.anonymous.get(`${link.pathname}${link.search}`).expect(200);
    expect(text).toContain('<p class="app">Köln &amp; Söhne</p>');
    await app.anonymous
      .post('/identity/email_verification/confirmation')
      .type('form')
      .send({ email, token: link.searchParams.get('token') })
      .expect(200);
    const { token } = await estate.signIn(shop, email);
    expect((await estate.within(shop, token).get('/me').expect(200)).body).toMatchObject({ verified: true });
    const rows = await app.query('SELECT verified FROM authentication.users WHERE id = $1', [root.userId]);
    expect(rows).toEqual([{ verified: false }]);
  });
});

describe('The end user whom a backend names', () => {
  let app: TestApplication;
  let estate: Estate;
  let shop: Application;
  let email: string;

  beforeAll(async () => {
    app = await startApplication();
    estate = await Estate.of(app);
    shop = await estate.application();
    email = await estate.signUp(shop);
  });
  afterAll(() => app.close());

  const signIn = (headers: Record<string, string>, client = estate.within(shop)) =>
    client.post('/sign_in').set('User-Agent', 'backend/1').set(headers).send({ email, password: PASSWORD });
  const seen = async (headers: Record<string, string>) => {
    const { body } = await signIn(headers).expect(201);
    const { ip_address, user_agent } = body as Record<string, string>;
    return [ip_address, user_agent];
  };

  it('is recorded in its session', async () => {
    expect(await seen({ 'X-Client-Address': '203.0.113.9', 'X-Client-User-Agent': 'Browser/1' })).toEqual([
      '203.0.113.9',
      'Browser/1',
    ]);
  });

  it('has the values of the backend where no header is sent', async () => {
    expect(await seen({})).toEqual(['127.0.0.1', 'backend/1']);
    expect(await seen({ 'X-Client-Address': '203.0.113.9' })).toEqual(['203.0.113.9', 'backend/1']);
    expect(await seen({ 'X-Client-User-Agent': 'Browser/1' })).toEqual(['127.0.0.1', 'Browser/1']);
  });

  it('has its address in canonical form (CVE-2026-45364) and its user agent cut to 512 characters', async () => {
    for (const [given, kept] of [
      ['::ffff:203.0.113.9', '203.0.113.9'],
      ['::ffff:cb00:7109', '203.0.113.9'],
      ['2001:0DB8:0:0::0001', '2001:db8::1'],
    ] as const) {
      expect((await seen({ 'X-Client-Address': given }))[0]).toBe(kept);
    }
    expect((await seen({ 'X-Client-User-Agent': 'x'.repeat(600) }))[1]).toBe('x'.repeat(512));
  });

  it('is refused when the header is not an address', async () => {
    for (const address of [
      '',
      'unknown',
      '203.0.113.999',
      '203.0.113.9:80',
      '203.0.113.9, 10.0.0.1',
      "'--",
    ]) {
      const { body } = await signIn({ 'X-Client-Address': address }).expect(422);
      expect(body).toMatchObject({
        code: 'wrong_parameters',
        errors: [{ field: 'X-Client-Address', code: 'invalid' }],
      });
    }
  });

  it('is not read from the headers without a key', async () => {
    const { email: address } = await app.signUp();
    const { body } = await app.anonymous
      .post('/sign_in')
      .set({ 'X-Client-Address': '203.0.113.9', 'X-Client-User-Agent': 'Browser/1' })
      .send({ email: address, password: PASSWORD })
      .expect(201);
    expect(body).toMatchObject({ ip_address: '127.0.0.1' });
    expect(body).not.toMatchObject({ user_agent: 'Browser/1' });
    await signIn({ 'X-Client-Address': 'nonsense' }, app.anonymous).expect(401);
  });

  it('is named in mails', async () => {
    await estate
      .within(shop)
      .post('/identity/password_reset')
      .set({ 'X-Client-Address': '203.0.113.77', 'X-Client-User-Agent': 'Browser/7' })
      .send({ email })
      .expect(204);
    const [mail] = await app.mailbox.to(email, RESET_MAIL);
    for (const part of ['203.0.113.77', 'Browser/7']) expect(readable(mail!.text)).toContain(part);
  });

  it('reads no link in the name of the application, which anybody may have chosen', async () => {
    const NAMES = [
      'Acme. Log in: https://evil.example/login',
      'www.evil.example',
      '=?utf-8?q?evil=2Eexample?=',
    ];
    for (const name of NAMES) {
      const address = await estate.signUp(await estate.application({ name }));
      const [mail] = await app.mailbox.to(address);
      for (const part of [mail!.subject, mail!.text, mail!.html]) {
        expect(part).not.toMatch(/evil\.example|evil=2E|https:\/\/evil|=\?utf/);
      }
    }
  });
});

describe('Throttles within an application', () => {
  let app: TestApplication;
  let estate: Estate;

  beforeAll(async () => {
    app = await startApplication({ variables: { THROTTLE_FACTOR: '1' } });
    estate = await Estate.of(app);
  });
  afterAll(() => app.close());

  const attempt = async (application: Application, address: string) => {
    const client = estate.within(application).set('X-Client-Address', address);
    return (await client.post('/sign_in').send({})).status;
  };

  it('count each end user, in all applications of one owner together', async () => {
    const [shop, other] = [await estate.application(), await estate.application()];
    const [foreign] = [await (await Estate.of(app)).application()];
    for (let sent = 0; sent < 30; sent += 1) {
      expect(await attempt(sent % 2 === 0 ? shop : other, '203.0.113.1')).toBe(422);
    }
    expect(await attempt(shop, '203.0.113.1')).toBe(429);
    expect(await attempt(other, '203.0.113.1')).toBe(429);
    expect(await attempt(shop, '203.0.113.2')).toBe(422);
    expect(await attempt(foreign, '203.0.113.1')).toBe(422);
    expect((await app.anonymous.post('/sign_in').send({})).status).toBe(422);
  });

  it('allow 600 sign-ins a minute to one owner, whatever clients the backends name', async () => {
    const owned = await Estate.of(app);
    const shops = [await owned.application(), await owned.application()] as const;
    const statuses: number[] = [];
    for (let client = 0; statuses.length < 600; client += 1) {
      const shop = shops[client % 2 === 0 ? 0 : 1];
      const batch = Array.from({ length: 20 }, () => attempt(shop, `198.51.100.${client}`));
      statuses.push(...(await Promise.all(batch)));
    }
    expect(new Set(statuses)).toEqual(new Set([422]));
    for (const shop of shops) expect(await attempt(shop, '192.0.2.1')).toBe(429);
    expect(await attempt(await (await Estate.of(app)).application(), '192.0.2.1')).toBe(422);
  });

  it('count the failures of one address separately in each application', async () => {
    const [shop, other] = [await estate.application(), await estate.application()];
    const email = await estate.signUp(shop);
    await estate.signUp(other, email);
    const signIn = (application: Application, password: string) =>
      estate.within(application).post('/sign_in').send({ email, password });
    for (let failure = 0; failure < 10; failure += 1) await signIn(shop, 'not the password').expect(401);
    await signIn(shop, PASSWORD).expect(429);
    await signIn(other, PASSWORD).expect(201);
  });
});
