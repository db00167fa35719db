import { mailEn } from '../../../src/authentication/core/mail/mail.en.js';
import { identityEn } from '../../../src/authentication/identity/identity.en.js';
import { passwordsEn } from '../../../src/authentication/passwords/passwords.en.js';
import { PASSWORD, startApplication, type TestApplication } from '../../support/application.js';
import { readable, said } from '../../support/texts.js';

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const NEW = { password: 'four other words, quite new', password_confirmation: 'four other words, quite new' };

interface Expected {
  subject: string;
  /** what the text and the HTML both contain */
  says: string[];
  link?: RegExp;
}

describe('Mails', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  /** Checks the newest mail to the address, as text and as HTML. */
  const expectMail = async (address: string, { subject, says, link }: Expected) => {
    const mail = (await app.mailbox.to(address))[0]!;
    expect(mail.subject).toBe(subject);
    const [text, html] = [readable(mail.text), readable(mail.html)];
    const time = `${new Date().getUTCFullYear()} at `;
    for (const words of [...says, '127.0.0.1', 'Firefox/128.0', time]) {
      expect(text).toContain(words);
      expect(html).toContain(words);
    }
    expect(mail.html).toMatch(/^<!doctype html>\n<html lang="en" dir="ltr">/);
    if (link === undefined) {
      expect(`${mail.text}${mail.html}`).not.toContain('http');
      return;
    }
    const [url = ''] = /https?:\/\/\S+/.exec(mail.text) ?? [];
    expect(url).toMatch(link);
    expect([...mail.html.matchAll(/href="([^"]+)"/g)].map(([, href]) => unescaped(href ?? ''))).toEqual([
      url,
      url,
    ]);
  };
  const person = async () => {
    const email = app.newEmail();
    const form = { email, password: PASSWORD, password_confirmation: PASSWORD };
    await app.anonymous.post('/sign_up').set('User-Agent', AGENT).send(form).expect(201);
    return app.signIn(email);
  };

  it('ask the user to confirm an address', async () => {
    const { email } = await person();
    await expectMail(email, {
      subject: said(identityEn['email_verification.mail.subject'], { app: 'Acme' }),
      says: [
        email,
        'Acme',
        said(identityEn['email_verification.mail.lifetime']),
        said(identityEn['email_verification.mail.not_you']),
      ],
      link: /^http:\/\/app\.test\/identity\/email_verification\?email=[^&]+&token=[\w-]{43}$/,
    });
  });

  it('ask the user to confirm a new address, and name it to the old one', async () => {
    const { email, token } = await person();
    await app.markVerified(email);
    const wanted = app.newEmail();
    await app
      .as(token)
      .put('/identity/email')
      .set('User-Agent', AGENT)
      .send({ current_password: PASSWORD, email: wanted })
      .expect(200);
    await expectMail(wanted, {
      subject: said(identityEn['email_verification.mail.subject'], { app: 'Acme' }),
      says: [
        said(identityEn['email_verification.mail.change_text'], { app: 'Acme', email: wanted }),
        said(identityEn['email_verification.mail.lifetime']),
        said(identityEn['email_verification.mail.not_you']),
      ],
      link: /^http:\/\/app\.test\/identity\/email_verification\?/,
    });
    await expectMail(email, {
      subject: said(identityEn['email_change_requested.mail.subject'], { app: 'Acme' }),
      says: [
        email,
        wanted,
        said(identityEn['email_change_requested.mail.until']),
        said(identityEn['email_change_requested.mail.not_you']),
        said(identityEn['email_change_requested.mail.lifetime']),
      ],
      link: /^http:\/\/app\.test\/identity\/email\/reversal\?token=[\w-]{43}$/,
    });
  });

  it('have the link of a password reset', async () => {
    const { email } = await person();
    await app.anonymous.post('/identity/password_reset').set('User-Agent', AGENT).send({ email }).expect(204);
    await expectMail(email, {
      subject: said(identityEn['password_reset.mail.subject'], { app: 'Acme' }),
      says: [
        email,
        said(identityEn['password_reset.mail.lifetime']),
        said(identityEn['password_reset.mail.not_you']),
      ],
      link: /^http:\/\/app\.test\/identity\/password_reset\?token=[\w-]{43}$/,
    });
  });

  it('report a changed password and a password reset', async () => {
    const notice = (email: string) => ({
      subject: said(passwordsEn['password_changed.mail.subject'], { app: 'Acme' }),
      says: [
        said(passwordsEn['password_changed.mail.text'], { email, app: 'Acme' }),
        said(passwordsEn['password_changed.mail.not_you']),
      ],
    });
    const { email, token } = await person();
    await app.markVerified(email);
    await app
      .as(token)
      .put('/password')
      .set('User-Agent', AGENT)
      .send({ current_password: PASSWORD, ...NEW })
      .expect(200);
    await expectMail(email, notice(email));
    const other = await person();
    await app.anonymous.post('/identity/password_reset').send({ email: other.email }).expect(204);
    const reset = await app.mailbox.tokenTo(other.email);
    await app.anonymous
      .put('/identity/password_reset')
      .set('User-Agent', AGENT)
      .send({ token: reset, ...NEW })
      .expect(200);
    await expectMail(other.email, notice(other.email));
  });

  it('contain no markup, links or lines from a user agent', async () => {
    const hostile = [
      '<script>alert(1)</script><img src=x onerror=alert(1)>',
      'Your account is at risk: open https://evil.example/now or www.evil.example or call evil@evil.example',
      `{{url}} ${'x'.repeat(5000)}`,
      'a&#10;b%0d%0aBcc: evil@evil.example',
    ];
    for (const agent of hostile) {
      const email = app.newEmail();
      const form = { email, password: PASSWORD, password_confirmation: PASSWORD };
      await app.anonymous.post('/sign_up').set('User-Agent', agent).send(form).expect(201);
      const [mail] = await app.mailbox.to(email);
      expect(mail?.html).not.toMatch(/<script|<img|onerror=/);
      for (const form of [mail?.text, mail?.html])
        expect(form).not.toMatch(/evil\.example|https:\/\/evil|{{|x{121}/);
      expect(mail?.html.match(/<a /g)).toHaveLength(2);
    }
  });

  it('name only the address of the client when it sent no user agent', async () => {
    const email = app.newEmail();
    const form = { email, password: PASSWORD, password_confirmation: PASSWORD };
    await app.anonymous.post('/sign_up').unset('User-Agent').send(form).expect(201);
    const [mail] = await app.mailbox.to(email);
    const text = readable(mail!.text);
    const [time = ''] = /[A-Z][a-z]+ \d+, \d{4} at \d\d:\d\d UTC/.exec(text) ?? [];
    expect(text).toContain(said(mailEn['mail.origin'], { address: '127.0.0.1', time }));
  });
});

describe('An application name with markup', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ variables: { APP_NAME: 'Tom & <b>Jerry</b>' } });
  });
  afterAll(() => app.close());

  it('is escaped in mails and pages', async () => {
    const { email } = await app.signUp();
    const [mail] = await app.mailbox.to(email);
    expect(mail?.html).toContain('Tom &amp; &lt;b&gt;Jerry&lt;/b&gt;');
    expect(mail?.html).not.toContain('<b>');
    expect(mail?.text).toContain('Tom & <b>Jerry</b>');
    const link = await app.mailbox.linkTo(email);
    const { text } = await app.anonymous.get(`${link.pathname}${link.search}`).expect(200);
    expect(text).not.toContain('<b>');
  });
});

function unescaped(html: string): string {
  return html
    .replace(/&#x3D;/g, '=')
    .replace(/&quot;/g, '"')
    .replace(/&#x27;/g, "'")
    .replace(/&amp;/g, '&');
}
