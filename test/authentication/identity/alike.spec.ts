import { PASSWORD, startApplication, type TestApplication } from '../../support/application.js';
import { Statements } from '../../support/statements.js';
import { VERIFICATION_MAIL } from '../../support/texts.js';

const FORM = { password: PASSWORD, password_confirmation: PASSWORD };

/** A user in each state that an answer must not tell, and an address without a user. */
interface Addresses {
  unknown: string;
  verified: string;
  unverified: string;
  suspended: string;
  withoutPassword: string;
}

/** The times of an answer cannot be alike if its statements are not (OWASP ASVS 6.3.8). */
describe('The same statements run', () => {
  let app: TestApplication;
  let statements: Statements;
  let addresses: Addresses;

  beforeAll(async () => {
    app = await startApplication();
    statements = new Statements(app);
    const { email: unverified } = await app.signUp();
    const [verified, suspended, withoutPassword] = [
      await app.person({ verified: true }),
      await app.person({ verified: true }),
      await app.person({ verified: true }),
    ].map(({ email }) => email) as [string, string, string];
    await app.query('UPDATE authentication.users SET suspended_at = now() WHERE email = $1', [suspended]);
    await app.query('UPDATE authentication.users SET password_digest = NULL WHERE email = $1', [
      withoutPassword,
    ]);
    addresses = { unknown: app.newEmail(), verified, unverified, suspended, withoutPassword };
  });
  afterAll(() => app.close());

  const expectAlike = async (request: (email: string) => PromiseLike<unknown>) => {
    // The first request of a counter or a connection may differ.
    for (const email of Object.values(addresses)) await request(email);
    const expected = await statements.of(() => request(addresses.unknown));
    expect(expected.at(-1)).toBe('COMMIT');
    for (const [state, email] of Object.entries(addresses)) {
      expect({ state, ran: await statements.of(() => request(email)) }).toEqual({ state, ran: expected });
    }
  };

  it('at a sign-in with a wrong password', () =>
    expectAlike((email) =>
      app.anonymous.post('/sign_in').send({ email, password: 'not the password' }).expect(401),
    ));

  it('at requests for a password reset and for a verification', async () => {
    for (const path of ['/identity/password_reset', '/identity/email_verification']) {
      await expectAlike((email) => app.anonymous.post(path).send({ email }).expect(204));
    }
  });
});

describe('With CONCEAL_ACCOUNTS=true, the same statements run', () => {
  let app: TestApplication;
  let statements: Statements;

  beforeAll(async () => {
    app = await startApplication({ variables: { CONCEAL_ACCOUNTS: 'true' } });
    statements = new Statements(app);
  });
  afterAll(() => app.close());

  const signUp = (email: string) =>
    app.anonymous
      .post('/sign_up')
      .send({ email, ...FORM })
      .expect(202);
  const confirm = async (email: string) => {
    const token = await app.mailbox.tokenTo(email, VERIFICATION_MAIL);
    await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(204);
  };
  const verified = async () => {
    const email = app.newEmail();
    await signUp(email);
    await confirm(email);
    return app.signIn(email);
  };
  /** An address that another user may still take back. */
  const kept = async () => {
    const { email, token } = await verified();
    const next = app.newEmail();
    await app.as(token).put('/identity/email').send({ current_password: PASSWORD, email: next }).expect(200);
    await confirm(next);
    return email;
  };

  it('at a sign-in, also with the right password of an account that was never verified', async () => {
    const unverified = app.newEmail();
    await signUp(unverified);
    const { email } = await verified();
    const attempt = (address: string, password: string) => () =>
      app.anonymous.post('/sign_in').send({ email: address, password }).expect(401);
    await attempt(unverified, PASSWORD)();
    const attempts = {
      unknown: attempt(app.newEmail(), PASSWORD),
      wrong: attempt(email, 'not the password'),
      unverified: attempt(unverified, PASSWORD),
      both: attempt(unverified, 'not the password'),
    };
    const expected = await statements.of(attempts.unknown);
    expect(expected.at(-1)).toBe('COMMIT');
    for (const [state, request] of Object.entries(attempts)) {
      expect({ state, ran: await statements.of(request) }).toEqual({ state, ran: expected });
    }
  });

  it('at a sign-up with a free and with a taken address, except that the second is undone', async () => {
    const owner = await verified();
    const unverified = app.newEmail();
    await signUp(unverified);
    const free = await statements.of(() => signUp(app.newEmail()));
    const end = free.indexOf('RELEASE SAVEPOINT sign_up');
    expect(free.slice(end)).toHaveLength(3);
    const undone = free.with(end, 'ROLLBACK TO SAVEPOINT sign_up');
    for (const email of [owner.email, unverified, await kept()]) {
      expect(await statements.of(() => signUp(email))).toEqual(undone);
    }
  });

  it('at a change to a free and to a taken address', async () => {
    const [caller, owner] = [await verified(), await verified()];
    const change = (email: string) => () =>
      app.as(caller.token).put('/identity/email').send({ current_password: PASSWORD, email }).expect(200);
    await change(app.newEmail())();
    const free = await statements.of(change(app.newEmail()));
    for (const email of [owner.email, await kept()]) {
      expect(await statements.of(change(email))).toEqual(free);
    }
  });
});
