import type { Feature } from '../../../src/authentication/authentication.options.js';
import { PASSWORD, startApplication, type TestApplication } from '../../support/application.js';
import { commitsOf } from '../../support/commits.js';
import { statementsOfSignIns } from '../../support/statements.js';

/**
 * Each statement is a way to Postgres and back, and each commit waits for the disk. All that is sent is counted, also
 * START TRANSACTION and COMMIT. Features add statements of their own, so this is the sign-in without any.
 */
describe('A sign-in with a password, without features', () => {
  const features: readonly Feature[] = [];
  let app: TestApplication;
  let sent: ReturnType<typeof statementsOfSignIns>;
  let email: string;

  beforeAll(async () => {
    app = await startApplication({ features });
    sent = statementsOfSignIns(app);
    ({ email } = await app.signUp());
  });
  afterAll(() => app.close());

  it('takes 5 statements, and one commit besides that of the failure counter', async () => {
    const all = await sent(email, PASSWORD, 201);
    expect(all).toHaveLength(5);
    const commits = commitsOf(all);
    expect(commits).toHaveLength(2);
    expect(commits[0]?.join()).toContain('INSERT INTO authentication.counters');
    expect(commits[1]?.join()).toContain('INSERT INTO authentication.sessions');
  });

  it('takes 4 statements with a wrong password, and the same ones for an unknown address (ASVS 6.3.8)', async () => {
    const wrong = await sent(email, 'not the password', 401);
    expect(wrong).toHaveLength(4);
    expect(commitsOf(wrong)).toHaveLength(2);
    expect(await sent(app.newEmail(), 'not the password', 401)).toEqual(wrong);
  });
});
