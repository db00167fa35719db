import type { Response, Test } from 'supertest';
import { PASSWORD, startApplication, type TestApplication } from '../../support/application.js';
import { letTimePass } from '../../support/clock.js';

const WRONG = 'this is not the password';
/** Any limit of yours passes that is not above these. */
const MOST_FAILURES = 100;
const MOST_REQUESTS = 1000;
const MOST_MAILS = 20;

let clients = 0;

/** An address that no other request has, so that the limit of a client is not reached. */
function newAddress(): string {
  clients += 1;
  return `10.${(clients >> 16) & 255}.${(clients >> 8) & 255}.${clients & 255}`;
}

function mustBeRefused({ status, body, headers }: Response): void {
  expect({ status, body: body as unknown }).toMatchObject({
    status: 429,
    body: { code: 'too_many_requests' },
  });
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  expect(headers['x-session-token']).toBeUndefined();
}

describe('With the limits of production', () => {
  let app: TestApplication;

  beforeAll(async () => {
    const variables = { THROTTLE_FACTOR: '1', TRUSTED_PROXIES: '127.0.0.1' };
    app = await startApplication({ variables, isDocumented: false });
  });
  afterAll(() => app.close());

  const client = (token?: string, address = newAddress()) => app.as(token).set('X-Forwarded-For', address);
  const signIn = (email: string, password = WRONG) => client().post('/sign_in').send({ email, password });
  const newAccount = async (): Promise<string> => {
    const email = app.newEmail();
    const form = { email, password: PASSWORD, password_confirmation: PASSWORD };
    await client().post('/sign_up').send(form).expect(201);
    return email;
  };
  const newSession = async (email: string): Promise<string> => {
    const { headers } = await signIn(email, PASSWORD).expect(201);
    return String(headers['x-session-token']);
  };
  /** How many requests were answered before the first 429. */
  const countUntilRefused = async (most: number, send: () => Test): Promise<number> => {
    for (let count = 0; count <= most; count += 1) {
      const answer = await send();
      if (answer.status !== 429) continue;
      mustBeRefused(answer);
      return count;
    }
    throw new Error(`${most} requests were answered`);
  };

  it('failed sign-ins of an account are limited over all clients, and then the right password is refused, too', async () => {
    const email = await newAccount();
    expect(await countUntilRefused(MOST_FAILURES, () => signIn(email))).toBeGreaterThan(0);
    mustBeRefused(await signIn(email, PASSWORD));
    await signIn(await newAccount(), PASSWORD).expect(201);
    await letTimePass(app, '1 day');
    await signIn(email, PASSWORD).expect(201);
  });

  it('failed sign-ins are counted in the same way for an address that does not exist (ASVS 6.3.8)', async () => {
    const answersTo = async (email: string) => {
      const answers: unknown[] = [];
      await countUntilRefused(MOST_FAILURES, () =>
        signIn(email).expect(({ status, body, headers }) => {
          const own = ['date', 'retry-after', 'connection', 'keep-alive'];
          const names = Object.keys(headers as object).filter((name) => !own.includes(name));
          answers.push({ status, body: body as unknown, names, limited: 'retry-after' in headers });
        }),
      );
      return answers;
    };
    expect(await answersTo(app.newEmail())).toEqual(await answersTo(await newAccount()));
  });

  it('all guesses are counted that come at once', async () => {
    const [one, other] = [await newAccount(), await newAccount()];
    const limit = await countUntilRefused(MOST_FAILURES, () => signIn(one));
    const guesses = Array.from({ length: 3 * limit }, async () => (await signIn(other)).status);
    const statuses = await Promise.all(guesses);
    expect(statuses.filter((status) => status === 401)).toHaveLength(limit);
    expect(statuses.filter((status) => status === 429)).toHaveLength(2 * limit);
  });

  it('failed sign-ins end no session and keep nobody from a password reset', async () => {
    const email = await newAccount();
    const token = await newSession(email);
    await countUntilRefused(MOST_FAILURES, () => signIn(email));
    await client(token).get('/me').expect(200);
    await client().post('/identity/password_reset').send({ email }).expect(204);
    const reset = await app.mailbox.tokenAt(email, '/identity/password_reset');
    const form = { token: reset, password: PASSWORD, password_confirmation: PASSWORD };
    await client().put('/identity/password_reset').send(form).expect(200);
    await signIn(email, PASSWORD).expect(201);
  });

  it('wrong current passwords are limited over all routes that ask for it', async () => {
    const token = await newSession(await newAccount());
    const attempts = (current_password: string) => [
      () => client(token).delete('/me').send({ current_password }),
      () => client(token).put('/identity/email').send({ current_password, email: app.newEmail() }),
      () =>
        client(token)
          .put('/password')
          .send({ current_password, password: PASSWORD, password_confirmation: PASSWORD }),
    ];
    let sent = 0;
    await countUntilRefused(MOST_FAILURES, () => {
      sent += 1;
      return attempts(WRONG)[sent % 3]!();
    });
    for (const attempt of attempts(PASSWORD)) mustBeRefused(await attempt());
    await client(token).get('/me').expect(200);
  });

  it('the mails to an address are limited, and the answer stays the same', async () => {
    const email = await newAccount();
    for (const path of ['/identity/password_reset', '/identity/email_verification']) {
      for (let sent = 0; sent < 2 * MOST_MAILS; sent += 1) {
        await client().post(path).send({ email }).expect(204);
      }
    }
    expect((await app.mailbox.to(email)).length).toBeLessThan(2 * MOST_MAILS);
  });

  it('the requests of a client are limited at every route that guesses or sends mails', async () => {
    const address = newAddress();
    const from = () => client(undefined, address);
    const routes = [
      () => from().post('/sign_in').send({}),
      () => from().post('/sign_up').send({}),
      () => from().post('/identity/password_reset').send({}),
      () => from().put('/identity/password_reset').send({}),
    ];
    for (const send of routes) {
      expect(await countUntilRefused(MOST_REQUESTS, send)).toBeGreaterThan(0);
    }
    for (const send of [
      () => from().post('/identity/email_verification').send({}),
      () => from().put('/identity/email_verification').send({}),
    ])
      mustBeRefused(await send());
    await client().post('/sign_in').send({}).expect(422);
  });
});
