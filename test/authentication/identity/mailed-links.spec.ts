import { request as httpRequest } from 'node:http';
import { PASSWORD, startApplication, type TestApplication } from '../../support/application.js';
import { letTimePass } from '../../support/clock.js';
import { RESET_MAIL, VERIFICATION_MAIL } from '../../support/texts.js';

const VERIFICATION = '/identity/email_verification';
const RESET = '/identity/password_reset';

/** Sends a request whose request line has an absolute URI, as clients send it to a proxy. */
function postAbsolute(app: TestApplication, uri: string, body: object): Promise<void> {
  const { hostname, port } = new URL(app.url);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        hostname,
        port,
        path: uri,
        method: 'POST',
        agent: false,
        headers: { 'Content-Type': 'application/json', Host: 'evil.test' },
      },
      (incoming) => {
        incoming.resume();
        incoming.on('end', resolve);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}

describe('Mailed links', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  it('are built from APP_URL, whatever host a request names (GHSA-3529-5m8x-rpv3)', async () => {
    const lies: Record<string, string>[] = [
      { Host: 'evil.test' },
      { 'X-Forwarded-Host': 'evil.test', 'X-Forwarded-Proto': 'https' },
      { Forwarded: 'host=evil.test;proto=https' },
      { 'X-Original-Host': 'evil.test', 'X-Host': 'evil.test', Origin: 'https://evil.test' },
    ];
    for (const headers of lies) {
      const email = app.newEmail();
      const form = { email, password: PASSWORD, password_confirmation: PASSWORD };
      await app.anonymous.post('/sign_up').set(headers).send(form).expect(201);
      await app.anonymous.post(RESET).set(headers).send({ email }).expect(204);
      const mails = await app.mailbox.to(email);
      expect(mails).toHaveLength(2);
      for (const { text, html } of mails) {
        expect(`${text}${html}`).not.toContain('evil');
        expect(text).toMatch(/^http:\/\/app\.test\/identity\/(email_verification|password_reset)\?/m);
      }
    }
  });

  it('are built from APP_URL when the request line has an absolute URI', async () => {
    const { email } = await app.signUp();
    await postAbsolute(app, `http://evil.test${RESET}`, { email });
    await app.anonymous.post(RESET).send({ email }).expect(204);
    for (const { text, html } of await app.mailbox.to(email)) expect(`${text}${html}`).not.toContain('evil');
  });

  it('have 256 random bits each (ASVS 7.2.3)', async () => {
    const { email } = await app.signUp();
    for (let count = 0; count < 5; count += 1) await app.anonymous.post(RESET).send({ email }).expect(204);
    const tokens = (await app.mailbox.to(email)).map(({ text }) => /token=([\w-]+)/.exec(text)?.[1] ?? '');
    expect(new Set(tokens).size).toBe(6);
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  });
});

describe('Mailed links to a front end', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({
      variables: {
        EMAIL_VERIFICATION_URL: 'https://front.test/confirm?lang=en',
        PASSWORD_RESET_URL: 'https://front.test/reset',
      },
    });
  });
  afterAll(() => app.close());

  it('keep the query of its URL', async () => {
    const { email } = await app.signUp();
    await app.anonymous.post(RESET).send({ email }).expect(204);
    const token = expect.stringMatching(/^[\w-]{43}$/) as string;
    const verification = await app.mailbox.linkTo(email, VERIFICATION_MAIL);
    expect(`${verification.origin}${verification.pathname}`).toBe('https://front.test/confirm');
    expect(Object.fromEntries(verification.searchParams)).toEqual({ lang: 'en', email, token });
    const reset = await app.mailbox.linkTo(email, RESET_MAIL);
    expect(`${reset.origin}${reset.pathname}`).toBe('https://front.test/reset');
    expect(Object.fromEntries(reset.searchParams)).toEqual({ token });
  });
});

describe('Mailed links with a route prefix', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ variables: { ROUTE_PREFIX: '/auth', APP_URL: 'http://app.test/base' } });
  });
  afterAll(() => app.close());

  it('have the prefix, and the forms of their pages have it too', async () => {
    const email = app.newEmail();
    await app.anonymous
      .post('/auth/sign_up')
      .send({ email, password: PASSWORD, password_confirmation: PASSWORD })
      .expect(201);
    const link = await app.mailbox.linkTo(email);
    expect(link.pathname).toBe(`/base/auth${VERIFICATION}`);
    const { text } = await app.anonymous.get(`/auth${VERIFICATION}${link.search}`).expect(200);
    const [, action = ''] = /action="([^"]+)"/.exec(text) ?? [];
    expect(new URL(action, link).pathname).toBe(`/base/auth${VERIFICATION}/confirmation`);
  });
});

describe('Mails that anybody can request', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ variables: { THROTTLE_FACTOR: '1' } });
  });
  afterAll(() => app.close());

  const ask = async (path: string, email: string, times: number) => {
    for (let count = 0; count < times; count += 1) {
      await app.anonymous.post(path).send({ email }).expect(204);
    }
  };

  it('reach an address 3 times in 15 minutes for each purpose, and the answer does not reveal it (ASVS 6.6)', async () => {
    const { email } = await app.signUp();
    await ask(RESET, email, 5);
    const resets = async () =>
      (await app.mailbox.to(email)).filter(({ text }) => text.includes(RESET)).length;
    expect(await resets()).toBe(3);
    await ask(VERIFICATION, email, 4);
    expect(await app.mailbox.to(email)).toHaveLength(6);
    await letTimePass(app, '15 minutes');
    await ask(RESET, email, 1);
    expect(await resets()).toBe(4);
  });

  it('are not counted for an address before it signs up', async () => {
    const email = app.newEmail();
    await ask(VERIFICATION, email, 4);
    expect(await app.mailbox.to(email)).toHaveLength(0);
    await app.signUp(email);
    expect(await app.mailbox.tokenTo(email)).not.toBe('');
  });

  it('do not end the link that is already in the mailbox', async () => {
    const { email } = await app.signUp();
    await ask(RESET, email, 1);
    const token = await app.mailbox.tokenTo(email, RESET_MAIL);
    await ask(RESET, email, 4);
    await app.anonymous.get(RESET).query({ token }).expect(200);
  });

  it('are limited to 30 an hour for one client, which is answered 429 then', async () => {
    let answers = 0;
    let refused;
    for (; answers < 31 && refused === undefined; answers += 1) {
      const answer = await app.anonymous.post(RESET).send({ email: app.newEmail() });
      if (answer.status === 429) refused = answer;
    }
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused?.body).toMatchObject({ code: 'too_many_requests' });
    await app.anonymous.post(VERIFICATION).send({ email: app.newEmail() }).expect(429);
  });
});
