import { PASSWORD, startApplication, type TestApplication } from '../support/application.js';
import { commitsOf } from '../support/commits.js';
import { statementsOfSignIns } from '../support/statements.js';

describe('A sign-in with a password, with all features', () => {
  let app: TestApplication;
  let sent: ReturnType<typeof statementsOfSignIns>;
  let email: string;

  beforeAll(async () => {
    app = await startApplication();
    sent = statementsOfSignIns(app);
    ({ email } = await app.signUp());
  });
  afterAll(() => app.close());

  it('takes 8 statements, and one commit besides that of the failure counter', async () => {
    const all = await sent(email, PASSWORD, 201);
    expect(all).toHaveLength(8);
    expect(commitsOf(all)).toHaveLength(2);
  });

  it('takes 5 statements with a wrong password, and the same ones for an unknown address (ASVS 6.3.8)', async () => {
    const wrong = await sent(email, 'not the password', 401);
    expect(wrong).toHaveLength(5);
    expect(commitsOf(wrong)).toHaveLength(2);
    expect(await sent(app.newEmail(), 'not the password', 401)).toEqual(wrong);
  });
});
