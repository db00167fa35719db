import { mailEn } from '../../src/authentication/core/mail/mail.en.js';
import { httpEn } from '../../src/authentication/http/http.en.js';
import { identityEn } from '../../src/authentication/identity/identity.en.js';
import { passwordsEn } from '../../src/authentication/passwords/passwords.en.js';
import { PASSWORD, startApplication, type TestApplication } from '../support/application.js';
import { PSEUDO, pseudoLocale, Reading } from '../support/pseudo-locale.js';
import { DEAD_LINK, readable } from '../support/texts.js';

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0';
const NEW = { password: 'four other words, quite new', password_confirmation: 'four other words, quite new' };
const VERIFICATION = '/identity/email_verification';
const REVERSAL = '/identity/email/reversal';
const RESET = '/identity/password_reset';

describe('Every sentence of pages and mails comes from a texts file', () => {
  let app: TestApplication;
  const reading = new Reading();

  beforeAll(async () => {
    app = await startApplication({
      locales: pseudoLocale(mailEn, httpEn, identityEn, passwordsEn),
      language: `${PSEUDO}, en;q=0.5`,
      variables: { CONCEAL_ACCOUNTS: 'true' },
    });
  });
  afterAll(() => app.close());

  const expectPage = (html: string, ...values: string[]) => {
    expect(html).toContain(`<!doctype html>\n<html lang="${PSEUDO}" dir="ltr">`);
    expect(reading.strayInPage(html, 'Acme', ...values)).toBe('');
  };
  /** Checks the newest mail. @returns the path of its link, and the token in it */
  const expectMail = async (address: string) => {
    const mail = (await app.mailbox.to(address))[0]!;
    expect(mail.html).toContain(`<!doctype html>\n<html lang="${PSEUDO}" dir="ltr">`);
    expect(reading.strayInMail(mail, 'Acme')).toBe('');
    const [link] = /https?:\/\/\S+/.exec(mail.text) ?? [];
    const { pathname, search, searchParams } = new URL(link ?? 'http://none.test');
    return { path: pathname + search, token: searchParams.get('token') ?? '' };
  };
  const open = async (path: string, status: number, ...values: string[]) => {
    const { text, headers } = await app.anonymous.get(path).set('Accept', 'text/html').expect(status);
    expect(headers['vary']).toMatch(/(^|, *)Accept-Language/);
    expectPage(text, ...values);
  };
  const submit = async (path: string, form: object, status: number, ...values: string[]) => {
    const { text } = await app.anonymous.post(path).type('form').send(form).expect(status);
    expectPage(text, ...values);
  };
  const signUp = async (email = app.newEmail()) => {
    const form = { email, password: PASSWORD, password_confirmation: PASSWORD };
    await app.anonymous.post('/sign_up').set('User-Agent', BROWSER).send(form).expect(202);
    return email;
  };
  const person = async () => {
    const email = await signUp();
    const token = await app.mailbox.tokenTo(email);
    await app.anonymous.put(VERIFICATION).send({ email, token }).expect(204);
    return app.signIn(email);
  };

  it('in the mail and pages that verify an address', async () => {
    const email = await signUp();
    const { path, token } = await expectMail(email);
    await open(path, 200, email);
    await submit(`${VERIFICATION}/confirmation`, { email, token }, 200);
    await open(path, 400);
  });

  it('in the page about an account that a program without a name, or a provider, made', async () => {
    const email = await signUp();
    const { path, token } = await expectMail(email);
    const made = async (agent: string | null, provider: string | null) => {
      await app.query(
        'UPDATE authentication.users SET sign_up_user_agent = $1, sign_up_provider = $2, sign_up_ip_address = NULL WHERE email = $3',
        [agent, provider, email],
      );
      await open(path, 200, email);
    };
    await made(null, null);
    await made(null, 'Example ID');
    await submit(`${VERIFICATION}/denial`, { email, token }, 200);
  });

  it('in the mail after a sign-up with a taken address', async () => {
    const email = await signUp(await signUp());
    await expectMail(email);
  });

  it('in the mails about a change of the address, and the pages that take it back', async () => {
    const { email, token } = await person();
    const wanted = app.newEmail();
    await app
      .as(token)
      .put('/identity/email')
      .send({ current_password: PASSWORD, email: wanted })
      .expect(200);
    const verification = await expectMail(wanted);
    await open(verification.path, 200, wanted);
    await submit(`${VERIFICATION}/denial`, { email: wanted, token: verification.token }, 200);
    const reversal = await expectMail(email);
    await open(reversal.path, 200, email);
    await submit(REVERSAL, { token: reversal.token }, 200);
  });

  it('in the mails and pages of a password reset, with the faults in its form', async () => {
    const { email } = await person();
    await app.anonymous.post(RESET).send({ email }).expect(204);
    const { path, token } = await expectMail(email);
    await open(path, 200, email);
    const faulty = [
      { password: 'passwordpassword', password_confirmation: 'something else' },
      { password: 'short' },
      { password: 'x'.repeat(3000), password_confirmation: '' },
    ];
    for (const form of faulty) await submit(`${RESET}/completion`, { token, ...form }, 422, email);
    await submit(`${RESET}/completion`, { token, ...NEW }, 200);
    await expectMail(email);
  });

  it('in the development mailbox, around its mails', async () => {
    const { text } = await app.anonymous.get('/dev/mailbox').expect(200);
    expect(text).toContain('<pre>');
    expectPage(text.replace(/<pre>.*?<\/pre>|<h2>.*?<\/h2>/gs, ''));
  });

  it('and these specs read every sentence about an address or a password', () => {
    expect(reading.unsaid({ ...identityEn, ...passwordsEn })).toEqual([]);
    expect(reading.unsaid(mailEn)).toEqual([]);
  });

  it('in English when there is no translation into the languages of the reader', async () => {
    const { text } = await app.anonymous
      .get(`${RESET}?token=none`)
      .set('Accept-Language', 'xx, yy')
      .expect(400);
    expect(text).toContain('<!doctype html>\n<html lang="en" dir="ltr">');
    expect(readable(text)).toContain(DEAD_LINK);
  });
});
