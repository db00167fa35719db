import { startApplication, type TestApplication } from '../../../support/application.js';
import { Statements } from '../../../support/statements.js';

const PATH = '/sessions/passwordless';

describe('Passwordless sign-in runs the same statements for known and unknown addresses', () => {
  let app: TestApplication;
  let statements: Statements;

  beforeAll(async () => {
    app = await startApplication();
    statements = new Statements(app);
  });
  afterAll(() => app.close());

  const send = (email: string) => app.anonymous.post(PATH).send({ email }).expect(204);
  const guess = (email: string) => app.anonymous.put(PATH).send({ email, code: 'AAAAAAAA' }).expect(400);

  it('at the request of a mail', async () => {
    const { email } = await app.person({ verified: true });
    const unknown = await statements.of(() => send(app.newEmail()));
    expect(unknown.at(-1)).toBe('COMMIT');
    expect(await statements.of(() => send(email))).toEqual(unknown);
  });

  it('at a wrong code, with and without a code in the mailbox, also for addresses that were never verified', async () => {
    const [mailed, without] = [await app.person({ verified: true }), await app.person({ verified: true })];
    const [unverified, suspended] = [await app.signUp(), await app.person({ verified: true })];
    for (const { email } of [mailed, unverified, suspended]) await send(email);
    await app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [suspended.userId]);
    const unknown = await statements.of(() => guess(app.newEmail()));
    expect(unknown.at(-1)).toBe('COMMIT');
    for (const { email } of [mailed, without, unverified, suspended]) {
      expect(await statements.of(() => guess(email))).toEqual(unknown);
    }
    // A code that is dead after five guesses.
    for (let times = 0; times < 5; times += 1) await guess(mailed.email);
    expect(await statements.of(() => guess(mailed.email))).toEqual(unknown);
  });
});
