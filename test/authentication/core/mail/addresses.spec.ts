import { SmtpTransport } from '../../../../src/authentication/core/mail/smtp-transport.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { Relay } from '../../../support/relay.js';
import { headersOf } from '../../../support/smtp.js';
import { until } from '../../../support/until.js';

const MAIL = { to: 'ada@example.com', subject: 'Hello', text: 'text', html: '<p>html</p>' };

const headerOf = (name: string, raw: string) =>
  headersOf({ raw, from: '', to: [] })
    .filter(([header]) => header === name)
    .map(([, value]) => value);

describe('the sender of the mails', () => {
  let relay: Relay;

  beforeAll(async () => {
    relay = await Relay.listen();
  });
  afterAll(() => relay.close());

  for (const [given, header, envelope] of [
    ['no-reply@acme.example', 'no-reply@acme.example', 'no-reply@acme.example'],
    ['<no-reply@acme.example>', 'no-reply@acme.example', 'no-reply@acme.example'],
    ['Acme: Support <a@acme.example>', '"Acme: Support" <a@acme.example>', 'a@acme.example'],
    ['Acme (Support) <a@acme.example>', '"Acme (Support)" <a@acme.example>', 'a@acme.example'],
    ['Acme; Support, Inc. <a@acme.example>', '"Acme; Support, Inc." <a@acme.example>', 'a@acme.example'],
    ['"Acme: Support" <a@acme.example>', '"Acme: Support" <a@acme.example>', 'a@acme.example'],
    ['Acme "Support" <a@acme.example>', '"Acme \\"Support\\"" <a@acme.example>', 'a@acme.example'],
    ['"b@c.example" <a@acme.example>', '"b@c.example" <a@acme.example>', 'a@acme.example'],
    [
      'Müller & Söhne <a@acme.example>',
      '=?UTF-8?Q?M=C3=BCller_=26_S=C3=B6hne?= <a@acme.example>',
      'a@acme.example',
    ],
    ['Acme <a@bücher.example>', 'Acme <a@xn--bcher-kva.example>', 'a@xn--bcher-kva.example'],
  ] as const) {
    it(`is one address with its name: ${given}`, async () => {
      const before = relay.taken.length;
      await new SmtpTransport(relay.url, given).send(MAIL);
      const [mail] = relay.taken.slice(before);
      expect(mail!.commands).toContain(`MAIL FROM:<${envelope}>`);
      expect(headerOf('from', mail!.raw)).toEqual([header]);
    });
  }

  it('greets with the name for EHLO', async () => {
    await new SmtpTransport(relay.url, 'a@acme.example', 'app.acme.example').send(MAIL);
    expect(relay.taken.at(-1)!.commands).toContain('EHLO app.acme.example');
  });
});

describe('smtp://localhost', () => {
  for (const host of ['127.0.0.1', '::1']) {
    it(`reaches a mail server that listens on ${host} only`, async () => {
      const relay = await Relay.listen(host).catch(() => null);
      // A machine without IPv6.
      if (relay === null) return;
      await new SmtpTransport(`smtp://localhost:${relay.port}`, 'a@acme.example').send(MAIL);
      const literal = host === '::1' ? '[::1]' : host;
      await new SmtpTransport(`smtp://${literal}:${relay.port}`, 'a@acme.example').send(MAIL);
      expect(relay.taken).toHaveLength(2);
      await relay.close();
    });
  }
});

describe('an address with dots where the RFC has none', () => {
  let relay: Relay;
  let app: TestApplication;

  beforeAll(async () => {
    relay = await Relay.listen();
    app = await startApplication({ variables: { SMTP_URL: relay.url } });
  });
  afterAll(async () => {
    await app.close();
    await relay.close();
  });

  for (const local of ['a..b', '.a', 'a.']) {
    it(`signs up and in as ${local}@…, and its mails reach exactly it`, async () => {
      const email = `${local}@carrier.example`;
      await app.anonymous
        .post('/sign_up')
        .send({ email: ` ${email.toUpperCase()}`, password: PASSWORD, password_confirmation: PASSWORD })
        .expect(201)
        .expect(({ body }) => expect(body).toMatchObject({ email }));
      const { token } = await app.signIn(email);
      await app.as(token).get('/me').expect(200);
      const quoted = `"${local}"@carrier.example`;
      const [mail] = await until(() => relay.to(quoted).length > 0 && relay.to(quoted));
      expect(mail!.commands.filter((line) => line.startsWith('RCPT'))).toHaveLength(1);
      expect(headerOf('to', mail!.raw)).toEqual([`<${quoted}>`]);
      // A quoted form would be a second form of the same address.
      await app.anonymous.post('/sign_in').send({ email: quoted, password: PASSWORD }).expect(422);
    });
  }
});
