import type { Test } from 'supertest';
import { PASSWORD, type TestApplication } from '../../support/application.js';
import { Workplace, type Worked } from '../../support/work.js';

const FORM = { password: PASSWORD, password_confirmation: PASSWORD };

/** A user in each state that an answer must not tell, and an address without a user. */
interface Addresses {
  unknown: string;
  verified: string;
  unverified: string;
  suspended: string;
  withoutPassword: string;
}

/**
 * Answers must not tell whether an address has an account. Their times cannot be alike if their statements and hashes are
 * not (OWASP ASVS 6.3.8).
 */
describe('Known and unknown addresses get the same answer, and the same statements and hashes run', () => {
  let app: TestApplication;
  let work: Workplace;
  let addresses: Addresses;

  beforeAll(async () => {
    work = await Workplace.open();
    ({ app } = work);
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

  const expectAlike = async (request: (email: string) => Test): Promise<Worked> => {
    // The first request of a counter or a connection may differ.
    for (const email of Object.values(addresses)) await request(email);
    const expected = await work.of(() => request(addresses.unknown));
    expect(expected.statements.at(-1)).toBe('COMMIT');
    for (const [state, email] of Object.entries(addresses)) {
      expect({ state, ...(await work.of(() => request(email))) }).toEqual({ state, ...expected });
    }
    return expected;
  };

  it('at a sign-in with a wrong password', async () => {
    const worked = await expectAlike((email) =>
      app.anonymous.post('/sign_in').send({ email, password: 'not the password' }),
    );
    expect(worked).toMatchObject({ status: 401, hashes: 1 });
  });

  it('at requests for a password reset and for a verification', async () => {
    for (const path of ['/identity/password_reset', '/identity/email_verification']) {
      const worked = await expectAlike((email) => app.anonymous.post(path).send({ email }));
      expect(worked).toMatchObject({ status: 204, hashes: 0 });
    }
  });
});

describe('With CONCEAL_ACCOUNTS=true, so it is', () => {
  let app: TestApplication;
  let work: Workplace;

  beforeAll(async () => {
    work = await Workplace.open({ CONCEAL_ACCOUNTS: 'true' });
    ({ app } = work);
  });
  afterAll(() => app.close());

  const signUp = (email: string) =>
    app.anonymous
      .post('/sign_up')
      .send({ email, ...FORM })
      .expect(202);
  const confirm = async (email: string) => {
    const token = await app.mailbox.tokenAt(email, '/identity/email_verification');
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
      app.anonymous.post('/sign_in').send({ email: address, password });
    await attempt(unverified, PASSWORD)();
    const attempts = {
      unknown: attempt(app.newEmail(), PASSWORD),
      wrong: attempt(email, 'not the password'),
      unverified: attempt(unverified, PASSWORD),
      both: attempt(unverified, 'not the password'),
    };
    const expected = await work.of(attempts.unknown);
    expect(expected.statements.at(-1)).toBe('COMMIT');
    expect(expected).toMatchObject({ status: 401, hashes: 1 });
    for (const [state, request] of Object.entries(attempts)) {
      expect({ state, ...(await work.of(request)) }).toEqual({ state, ...expected });
    }
  });

  it('at a sign-up with a free and with a taken address, except that the second is undone', async () => {
    const owner = await verified();
    const unverified = app.newEmail();
    await signUp(unverified);
    const address = app.newEmail();
    const free = await work.of(() => signUp(address), address);
    const end = free.statements.indexOf('RELEASE SAVEPOINT sign_up');
    expect(free.statements.slice(end)).toHaveLength(3);
    const statements = free.statements.map((each, index) =>
      index === end ? 'ROLLBACK TO SAVEPOINT sign_up' : each,
    );
    const undone = { ...free, statements };
    for (const email of [owner.email, unverified, await kept()]) {
      expect(await work.of(() => signUp(email), email)).toEqual(undone);
    }
  });

  it('at a change to a free and to a taken address', async () => {
    const [caller, owner] = [await verified(), await verified()];
    const change = (email: string) => () =>
      app.as(caller.token).put('/identity/email').send({ current_password: PASSWORD, email }).expect(200);
    await change(app.newEmail())();
    const address = app.newEmail();
    const free = await work.of(change(address), address);
    for (const email of [owner.email, await kept()]) {
      expect(await work.of(change(email), email)).toEqual(free);
    }
  });
});
