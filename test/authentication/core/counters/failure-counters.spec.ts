import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';
import { RESET_MAIL, VERIFICATION_MAIL } from '../../../support/texts.js';

const NEW_PASSWORD = 'another battery staple horse';
const WRONG = 'this is not the password';

let guesses = 0;

/** A new client address for each guess, so that only the limit of the account is reached. */
function newAddress(): string {
  guesses += 1;
  return `10.${(guesses >> 16) & 255}.${(guesses >> 8) & 255}.${guesses & 255}`;
}

function start(factor: string) {
  return startApplication({ variables: { THROTTLE_FACTOR: factor, TRUSTED_PROXIES: '127.0.0.1' } });
}

describe('failures per account', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await start('1');
  });
  afterAll(() => app.close());

  const client = (token?: string) => app.as(token).set('X-Forwarded-For', newAddress());
  const signIn = (email: string, password = WRONG) => client().post('/sign_in').send({ email, password });

  async function fail(email: string, times: number): Promise<void> {
    for (let failed = 0; failed < times; failed += 1) await signIn(email).expect(401);
  }

  async function newAccount(): Promise<string> {
    const email = app.newEmail();
    const form = { email, password: PASSWORD, password_confirmation: PASSWORD };
    await client().post('/sign_up').send(form).expect(201);
    return email;
  }

  async function newSession(email: string): Promise<string> {
    const { headers } = await signIn(email, PASSWORD).expect(201);
    return String(headers['x-session-token']);
  }

  it('are 10 in 15 minutes from all clients together, then even the right password gets 429 (ASVS 6.3.1)', async () => {
    const email = await newAccount();
    await fail(email, 10);
    const { body, headers } = await signIn(email, PASSWORD).expect(429);
    expect(body).toMatchObject({ status: 429, code: 'too_many_requests' });
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(900);
    expect(headers['x-session-token']).toBeUndefined();
  });

  it('are counted for the account, however its address is spelt', async () => {
    const email = await newAccount();
    await fail(email.toUpperCase(), 5);
    await fail(`  ${email} `, 5);
    await signIn(email).expect(429);
  });

  it('are forgotten after 15 minutes, even if more guesses come in that time', async () => {
    const email = await newAccount();
    await fail(email, 10);
    await letTimePass(app, '10 minutes');
    await signIn(email).expect(429);
    await letTimePass(app, '5 minutes');
    await signIn(email, PASSWORD).expect(201);
  });

  it('are cleared by a success', async () => {
    const email = await newAccount();
    for (let round = 0; round < 2; round += 1) {
      await fail(email, 9);
      await signIn(email, PASSWORD).expect(201);
    }
    await fail(email, 10);
  });

  it('are all counted when they come at once: of 30 guesses, 10 are checked', async () => {
    const email = await newAccount();
    const statuses = await Promise.all(Array.from({ length: 30 }, async () => (await signIn(email)).status));
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
  });

  it('of one account do not block another account', async () => {
    await fail(await newAccount(), 10);
    await signIn(await newAccount(), PASSWORD).expect(201);
  });

  it('end no session of the account (ASVS 6.1.1)', async () => {
    const email = await newAccount();
    const token = await newSession(email);
    await fail(email, 10);
    await signIn(email).expect(429);
    await client(token).get('/me').expect(200);
    await client(token).get('/sessions').expect(200);
  });

  it('block neither a reset nor a link that was mailed before, and a completed reset clears them (ASVS 6.1.1)', async () => {
    const email = await newAccount();
    const mailed = await app.mailbox.tokenTo(email, VERIFICATION_MAIL);
    await fail(email, 10);
    await signIn(email).expect(429);
    await client().put('/identity/email_verification').send({ email, token: mailed }).expect(204);
    await client().post('/identity/password_reset').send({ email }).expect(204);
    const token = await app.mailbox.tokenTo(email, RESET_MAIL);
    await signIn(email).expect(429);
    const form = { token, password: NEW_PASSWORD, password_confirmation: NEW_PASSWORD };
    await client().put('/identity/password_reset').send(form).expect(200);
    await signIn(email, NEW_PASSWORD).expect(201);
  });

  it('are not cleared by a reset that fails', async () => {
    const email = await newAccount();
    await fail(email, 10);
    await client().post('/identity/password_reset').send({ email }).expect(204);
    const token = await app.mailbox.tokenTo(email, RESET_MAIL);
    await client()
      .put('/identity/password_reset')
      .send({ token, password: 'short', password_confirmation: 'short' })
      .expect(422);
    await signIn(email, PASSWORD).expect(429);
  });

  it('leave no address in the table of counters', async () => {
    const email = await newAccount();
    await fail(email, 1);
    const rows = await app.query<{ key: string }>('SELECT key FROM authentication.counters');
    expect(rows.map(({ key }) => key).join()).not.toContain(email);
  });

  describe('of the current password', () => {
    const form = { password: NEW_PASSWORD, password_confirmation: NEW_PASSWORD };

    it('are 10 in 15 minutes over all routes that need it, then even the right one gets 429', async () => {
      const email = await newAccount();
      const token = await newSession(email);
      const attempts = (password: string) => [
        () =>
          client(token)
            .put('/password')
            .send({ current_password: password, ...form }),
        () =>
          client(token).put('/identity/email').send({ current_password: password, email: app.newEmail() }),
        () => client(token).delete('/me').send({ current_password: password }),
      ];
      for (let failed = 0; failed < 10; failed += 1) {
        const { status, body } = await (attempts(WRONG)[failed % 3] ?? attempts(WRONG)[0])!();
        expect(status).toBe(422);
        expect(body).toMatchObject({ errors: [{ field: 'current_password', code: 'incorrect' }] });
      }
      for (const attempt of attempts(PASSWORD)) {
        const { body, headers } = await attempt().expect(429);
        expect(body).toMatchObject({ code: 'too_many_requests' });
        expect(Number(headers['retry-after'])).toBeLessThanOrEqual(900);
      }
      await client(token).get('/me').expect(200);
      await letTimePass(app, '15 minutes');
      await client(token)
        .put('/password')
        .send({ current_password: PASSWORD, ...form })
        .expect(200);
    });

    it('have their own counter: they do not block the sign-in, nor the reverse (ASVS 6.1.1)', async () => {
      const email = await newAccount();
      const token = await newSession(email);
      const change = (password: string) =>
        client(token)
          .put('/password')
          .send({ current_password: password, ...form });
      await fail(email, 10);
      for (let failed = 0; failed < 9; failed += 1) await change(WRONG).expect(422);
      await signIn(email).expect(429);
      await change(PASSWORD).expect(200);

      const other = await newAccount();
      const session = await newSession(other);
      for (let failed = 0; failed < 11; failed += 1) {
        await client(session).delete('/me').send({ current_password: WRONG });
      }
      await signIn(other, PASSWORD).expect(201);
    });

    it('are all counted when they come at once', async () => {
      const token = await newSession(await newAccount());
      const statuses = await Promise.all(
        Array.from(
          { length: 30 },
          async () => (await client(token).delete('/me').send({ current_password: WRONG })).status,
        ),
      );
      expect(statuses.filter((status) => status === 422)).toHaveLength(10);
      expect(statuses.filter((status) => status === 429)).toHaveLength(20);
    });
  });
});

describe('mails per address', () => {
  it('are 3 in 15 minutes per purpose, then the answer is 204 without a mail (ASVS 6.3.1)', async () => {
    const app = await start('1');
    const { email } = await app.signUp();
    const ask = () => app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    for (let asked = 0; asked < 5; asked += 1) await ask();
    const resets = async () => (await app.mailbox.to(email, RESET_MAIL)).length;
    expect(await resets()).toBe(3);
    await app.anonymous.post('/identity/email_verification').send({ email }).expect(204);
    expect(await app.mailbox.to(email)).toHaveLength(5);
    await letTimePass(app, '15 minutes');
    await ask();
    expect(await resets()).toBe(4);
    await app.close();
  });
});

describe('THROTTLE_FACTOR', () => {
  it('also multiplies the failures that an account may have', async () => {
    const app = await start('0.2');
    const { email } = await app.signUp();
    const guess = () =>
      app.anonymous.set('X-Forwarded-For', newAddress()).post('/sign_in').send({ email, password: WRONG });
    await guess().expect(401);
    await guess().expect(401);
    await guess().expect(429);
    await app.close();
  });
});
