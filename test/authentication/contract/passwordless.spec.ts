import { startApplication, type TestApplication } from '../../support/application.js';
import { LinkTrial } from '../../support/mailed-link.js';
import { Workplace } from '../../support/work.js';

const PATH = '/sessions/passwordless';

describe('Passwordless sign-in answers known and unknown addresses alike, and runs the same statements', () => {
  let app: TestApplication;
  let work: Workplace;

  beforeAll(async () => {
    work = await Workplace.open();
    ({ app } = work);
  });
  afterAll(() => app.close());

  const send = (email: string) => app.anonymous.post(PATH).send({ email }).expect(204);
  const guess = (email: string) => app.anonymous.put(PATH).send({ email, code: 'AAAAAAAA' }).expect(400);

  it('at the request of a mail', async () => {
    const { email } = await app.person({ verified: true });
    const unknown = await work.of(() => send(app.newEmail()));
    expect(unknown.statements.at(-1)).toBe('COMMIT');
    expect(await work.of(() => send(email))).toEqual(unknown);
  });

  it('at a wrong code, with and without a code in the mailbox, also for addresses that were never verified', async () => {
    const [mailed, without] = [await app.person({ verified: true }), await app.person({ verified: true })];
    const [unverified, suspended] = [await app.signUp(), await app.person({ verified: true })];
    for (const { email } of [mailed, unverified, suspended]) await send(email);
    await app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [suspended.userId]);
    const unknown = await work.of(() => guess(app.newEmail()));
    expect(unknown.statements.at(-1)).toBe('COMMIT');
    for (const { email } of [mailed, without, unverified, suspended]) {
      expect(await work.of(() => guess(email))).toEqual(unknown);
    }
    // A code that is dead after many guesses.
    for (let times = 0; times < 20; times += 1) await guess(mailed.email);
    expect(await work.of(() => guess(mailed.email))).toEqual(unknown);
  });
});

describe('Its mailed link', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ isDocumented: false });
  });
  afterAll(() => app.close());

  it('works once and for a limited time, and opening it starts no session', async () => {
    const link = {
      path: PATH,
      verified: true,
      ask: (client: TestApplication['anonymous'], email: string) => client.post(PATH).send({ email }),
      use: (client: TestApplication['anonymous'], _email: string, token: string) =>
        client.put(PATH).send({ token }),
      outlivesPassword: false,
    };
    expect(await new LinkTrial(app, link).faultsFound()).toEqual([]);
  });
});
