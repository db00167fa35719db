import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';
import { patternOf, RESET_MAIL } from '../../../support/texts.js';
import { passwordsEn } from '../../../../src/authentication/passwords/passwords.en.js';

const CHANGED = patternOf(passwordsEn['password_changed.mail.subject']);

describe('Notices', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ variables: { THROTTLE_FACTOR: '1' } });
  });
  afterAll(() => app.close());

  const changes = async (token: string, count: number) => {
    for (let changed = 0; changed < count; changed += 1) {
      await app
        .as(token)
        .put('/password')
        .send({ current_password: PASSWORD, password: PASSWORD, password_confirmation: PASSWORD })
        .expect(200);
    }
  };

  it('are not sent to an address that was never verified, which somebody else may have registered', async () => {
    const { email, token } = await app.person();
    await changes(token, 12);
    expect(await app.mailbox.to(email)).toHaveLength(1);
  });

  it('are sent to a verified address 10 times an hour for each purpose', async () => {
    const { email, token } = await app.person();
    await app.markVerified(email);
    await changes(token, 12);
    const notices = async () => (await app.mailbox.to(email, CHANGED)).length;
    expect(await notices()).toBe(10);
    // Another purpose, so neither these notices nor their limit keep it away.
    for (let asked = 0; asked < 3; asked += 1) {
      await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    }
    expect(await app.mailbox.to(email, RESET_MAIL)).toHaveLength(3);
    await letTimePass(app, '1 hour');
    await changes(token, 1);
    expect(await notices()).toBe(11);
  });
});
