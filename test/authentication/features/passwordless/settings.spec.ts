import { authenticationSettings } from '../../../../src/authentication/core/settings/authentication.settings.js';
import { SettingError } from '../../../../src/authentication/core/settings/environment.js';
import { PasswordlessLink } from '../../../../src/authentication/features/passwordless/passwordless-link.js';
import { passwordlessEn } from '../../../../src/authentication/features/passwordless/passwordless.en.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';
import { patternOf } from '../../../support/texts.js';

const PATH = '/sessions/passwordless';
const SIGN_IN_MAIL = patternOf(passwordlessEn['passwordless.mail.subject']);
const WRONG = '22222222';
const [OLD_KEY, NEW_KEY] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [
  string,
  string,
];

const newest = async (app: TestApplication, email: string) => {
  const [mail] = await app.mailbox.to(email, SIGN_IN_MAIL);
  const [, token = ''] = /token=([\w-]+)/.exec(mail?.text ?? '') ?? [];
  const [code = ''] = /^[0-9A-Z]{8}$/m.exec(mail?.text ?? '') ?? [];
  return { token, code };
};
const mailedTo = async (app: TestApplication, email: string) => {
  await app.anonymous.post(PATH).send({ email }).expect(204);
  return newest(app, email);
};

/** Starts an application, runs `work` with it, and closes it. */
const using = async <T>(
  variables: Record<string, string>,
  work: (app: TestApplication) => Promise<T>,
): Promise<T> => {
  const app = await startApplication({ variables });
  try {
    return await work(app);
  } finally {
    await app.close();
  }
};

describe('PASSWORDLESS_URL', () => {
  const linkWith = (variables: Record<string, string>) =>
    new PasswordlessLink(authenticationSettings(variables)).with('a token');

  it('is our own page by default, under APP_URL and the prefix', () => {
    expect(linkWith({})).toBe(`http://127.0.0.1:3000${PATH}?token=a+token`);
    for (const empty of ['', '  ']) expect(linkWith({ PASSWORDLESS_URL: empty })).toBe(linkWith({}));
    expect(linkWith({ APP_URL: 'https://acme.example/app/', ROUTE_PREFIX: 'auth' })).toBe(
      `https://acme.example/app/auth${PATH}?token=a+token`,
    );
  });

  it('may be a page of a front end, whose query is kept', () => {
    expect(linkWith({ PASSWORDLESS_URL: 'https://front.test/enter?lang=en' })).toBe(
      'https://front.test/enter?lang=en&token=a+token',
    );
  });

  for (const value of ['/enter', 'front.test', 'javascript:alert(1)', 'ftp://front.test/']) {
    it(`stops the start with an error of one line for ${JSON.stringify(value)}`, async () => {
      const start = startApplication({
        variables: { PASSWORDLESS_URL: value },
        // No such database: an invalid setting must be reported before the database opens.
        database: { url: 'postgres://nobody@127.0.0.1:1/nowhere' },
      });
      const complaint = await start.then(
        () => null,
        (error: unknown) => error,
      );
      expect(complaint).toBeInstanceOf(SettingError);
      expect((complaint as SettingError).message).toBe(
        `PASSWORDLESS_URL takes a URL that starts with http:// or https://; it got ${JSON.stringify(value)}`,
      );
    });
  }

  it('is where the mailed link leads, whatever host a request names (GHSA-3529-5m8x-rpv3)', async () => {
    await using({ PASSWORDLESS_URL: 'https://front.test/enter' }, async (app) => {
      const { email } = await app.signUp();
      const lies = { Host: 'evil.test', 'X-Forwarded-Host': 'evil.test', Origin: 'https://evil.test' };
      await app.anonymous.post(PATH).set(lies).send({ email }).expect(204);
      const link = await app.mailbox.linkTo(email, SIGN_IN_MAIL);
      expect(`${link.origin}${link.pathname}`).toBe('https://front.test/enter');
      await app.anonymous
        .put(PATH)
        .send({ token: link.searchParams.get('token') })
        .expect(201);
    });
  });
});

describe('SECRET_KEY', () => {
  it('may change: the first key makes codes, all keys are tried, and links need no key', async () => {
    const people = await using({ SECRET_KEY: OLD_KEY }, async (app) => {
      const mailed: { email: string; token: string; code: string }[] = [];
      for (let count = 0; count < 2; count += 1) {
        const { email } = await app.person({ verified: true });
        mailed.push({ email, ...(await mailedTo(app, email)) });
      }
      return mailed;
    });
    await using({ SECRET_KEY: `${NEW_KEY},${OLD_KEY}` }, async (app) => {
      const [{ email, code } = { email: '', code: '' }] = people;
      await app.anonymous.put(PATH).send({ email, code }).expect(201);
      people.push({ email, ...(await mailedTo(app, email)) });
    });
    await using({ SECRET_KEY: NEW_KEY }, async (app) => {
      const [, stranded, fresh] = people;
      await app.anonymous.put(PATH).send({ email: fresh?.email, code: fresh?.code }).expect(201);
      await app.anonymous.put(PATH).send({ email: stranded?.email, code: stranded?.code }).expect(400);
      await app.anonymous.put(PATH).send({ token: stranded?.token }).expect(201);
    });
  });

  it('may be unset in development: codes then work as long as the process runs', async () => {
    await using({ SECRET_KEY: '' }, async (app) => {
      const { email } = await app.person({ verified: true });
      const { code } = await mailedTo(app, email);
      await app.anonymous.put(PATH).send({ email, code }).expect(201);
    });
  });
});

describe('ROUTE_PREFIX', () => {
  it('is part of the routes and of the link', async () => {
    await using({ ROUTE_PREFIX: 'auth' }, async (app) => {
      const email = app.newEmail();
      const form = { email, password: PASSWORD, password_confirmation: PASSWORD };
      await app.anonymous.post('/auth/sign_up').send(form).expect(201);
      await app.anonymous.post(`/auth${PATH}`).send({ email }).expect(204);
      const { pathname, search } = await app.mailbox.linkTo(email, SIGN_IN_MAIL);
      await app.anonymous.get(`${pathname}${search}`).expect(200);
      await app.anonymous
        .put(pathname)
        .send({ token: new URLSearchParams(search).get('token') })
        .expect(201);
    });
  });
});

describe('The limits', () => {
  let app: TestApplication;

  beforeEach(async () => {
    app = await startApplication({ variables: { THROTTLE_FACTOR: '1' } });
  });
  afterEach(() => app.close());

  const signIn = (body: object) => app.anonymous.put(PATH).send(body);
  const mailsTo = async (email: string) => (await app.mailbox.to(email, SIGN_IN_MAIL)).length;

  it('allow three mails in 15 minutes, and the answer does not reveal it (ASVS 6.6)', async () => {
    const { email } = await app.signUp();
    for (let count = 0; count < 5; count += 1) await mailedTo(app, email);
    expect(await mailsTo(email)).toBe(3);
    await letTimePass(app, '15 minutes');
    await mailedTo(app, email);
    expect(await mailsTo(email)).toBe(4);
  });

  it('are shared by all routes that send mails, and by all that accept tokens or codes', async () => {
    const { email } = await app.signUp();
    const { token } = await mailedTo(app, email);
    for (let count = 0; count < 29; count += 1) {
      await app.anonymous.post(PATH).send({ email: app.newEmail() }).expect(204);
    }
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(429);
    await app.anonymous.post(PATH).send({ email }).expect(429);
    for (let count = 0; count < 15; count += 1) {
      await signIn({ email: app.newEmail(), code: WRONG }).expect(400);
      await app.anonymous.get(PATH).query({ token: 'made-up' }).expect(400);
    }
    const { body, headers } = await signIn({ token }).expect(429);
    expect(body).toMatchObject({ code: 'too_many_requests' });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    await app.anonymous.get(PATH).query({ token }).expect(429);
  });

  it('on wrong passwords do not apply here, and are reset only by a takeover', async () => {
    const [known, unverified] = [await app.person({ verified: true }), await app.person()];
    const guess = (email: string) => app.anonymous.post('/sign_in').send({ email, password: 'not this one' });
    for (const { email } of [known, unverified]) {
      for (let failure = 0; failure < 10; failure += 1) await guess(email).expect(401);
      await guess(email).expect(429);
      const { token } = await mailedTo(app, email);
      await signIn({ token }).expect(201);
    }
    await guess(known.email).expect(429);
    await guess(unverified.email).expect(401);
  });
});
