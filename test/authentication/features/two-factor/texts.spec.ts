import { mailEn } from '../../../../src/authentication/core/mail/mail.en.js';
import { twoFactorEn } from '../../../../src/authentication/features/two-factor/two-factor.en.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';
import { PSEUDO, pseudoLocale, Reading } from '../../../support/pseudo-locale.js';
import { enrolled } from './authenticator.js';

describe('The texts of the mails about a second factor', () => {
  let app: TestApplication;
  const reading = new Reading();

  beforeAll(async () => {
    app = await startApplication({ locales: pseudoLocale(mailEn, twoFactorEn), language: PSEUDO });
  });
  afterAll(() => app.close());

  it('all come from a texts file', async () => {
    const { email, token, recoveryCodes } = await enrolled(app);
    const signIn = await app.anonymous.post('/sign_in').send({ email, password: PASSWORD }).expect(401);
    const { challenge } = signIn.body as { challenge: { token: string } };
    await app.anonymous
      .post('/two_factor_authentication/challenge/recovery_codes')
      .send({ challenge_token: challenge.token, code: recoveryCodes[0] })
      .expect(201);
    const profile = '/two_factor_authentication/profile';
    const renewal = { current_password: PASSWORD, code: recoveryCodes[1] };
    const renewed = await app.as(token).post(`${profile}/recovery_codes`).send(renewal).expect(201);
    const [code] = (renewed.body as { recovery_codes: string[] }).recovery_codes;
    for (let tries = 0; tries < 20; tries += 1) {
      await app.as(token).delete(`${profile}/totp`).send({ current_password: PASSWORD, code: 'wrong' });
      if (tries % 5 === 4) await letTimePass(app, '15 minutes');
    }
    await app.as(token).delete(`${profile}/totp`).send({ current_password: PASSWORD, code }).expect(204);
    const mails = (await app.mailbox.to(email)).filter(({ subject }) => subject.startsWith('⟦'));
    expect(mails).toHaveLength(8);
    for (const mail of mails) expect(reading.strayInMail(mail, 'Acme')).toBe('');
    expect(reading.unsaid(twoFactorEn)).toEqual([]);
  });
});
