import { mailEn } from '../../../../src/authentication/core/mail/mail.en.js';
import { passwordlessEn } from '../../../../src/authentication/features/passwordless/passwordless.en.js';
import { startApplication, type TestApplication } from '../../../support/application.js';
import { PSEUDO, pseudoLocale, Reading } from '../../../support/pseudo-locale.js';

const PATH = '/sessions/passwordless';

describe('The texts of the sign-in mail and its page', () => {
  let app: TestApplication;
  const reading = new Reading();

  beforeAll(async () => {
    app = await startApplication({ locales: pseudoLocale(mailEn, passwordlessEn), language: PSEUDO });
  });
  afterAll(() => app.close());

  it('all come from a texts file', async () => {
    const { email } = await app.signUp();
    await app.anonymous.post(PATH).send({ email }).expect(204);
    const mail = (await app.mailbox.to(email))[0]!;
    const [code = ''] = /^[0-9A-Z]{8}$/m.exec(mail.text) ?? [];
    expect(reading.strayInMail(mail, 'Acme', code)).toBe('');
    const [, token = ''] = /token=([\w-]+)/.exec(mail.text) ?? [];
    const { text } = await app.anonymous.get(PATH).query({ token }).expect(200);
    expect(reading.strayInPage(text, 'Acme')).toBe('');
    expect(reading.unsaid(passwordlessEn)).toEqual([]);
  });
});
