import { createServer, request, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { once } from 'node:events';
import { identityEn } from '../../../../src/authentication/identity/identity.en.js';
import { startApplication, type TestApplication } from '../../../support/application.js';
import { SmtpSink } from '../../../support/smtp.js';
import { readable, RESET_MAIL, said } from '../../../support/texts.js';
const RESET = said(identityEn['password_reset.mail.subject'], { app: 'Acme' });
const VERIFICATION = said(identityEn['email_verification.mail.subject'], { app: 'Acme' });

interface ShownMail {
  to: string;
  subject: string;
  text: string;
  html: string;
  sent_at: string;
}

const PATH = '/dev/mailbox';

describe('GET /dev/mailbox', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const asJson = (headers: Record<string, string> = {}) =>
    app.anonymous.get(PATH).set({ Accept: 'application/json', ...headers });

  it('lists the mails, newest first', async () => {
    const { email } = await app.signUp();
    await app.mailbox.settled();
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    await app.mailbox.settled();
    const { body, headers } = await asJson().expect(200);
    expect(headers['cache-control']).toBe('no-store');
    const [newest, older] = body as ShownMail[];
    expect(Object.keys(newest ?? {}).sort()).toEqual(['html', 'sent_at', 'subject', 'text', 'to']);
    expect(newest).toMatchObject({ to: email, subject: RESET });
    expect(older).toMatchObject({ to: email, subject: VERIFICATION });
    expect(newest?.sent_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(newest?.text).toContain('http://app.test/identity/password_reset?token=');
    expect(newest?.html).toContain('http://app.test/identity/password_reset?token');
  });

  it('is a page for a browser, with working links and without scripts', async () => {
    const { email } = await app.signUp();
    await app.mailbox.settled();
    await app.anonymous
      .post('/identity/password_reset')
      .set('User-Agent', '<script>alert(1)</script>')
      .send({ email })
      .expect(204);
    const link = await app.mailbox.linkTo(email, RESET_MAIL);
    const { text, headers } = await app.anonymous.get(PATH).set('Accept', 'text/html').expect(200);
    expect(headers['content-type']).toMatch(/^text\/html/);
    expect(headers['cache-control']).toBe('no-store');
    expect(text).toContain(email);
    expect(text.replace(/&amp;/g, '&').replace(/&#x3D;/g, '=')).toContain(`href="${link.href}"`);
    expect(text).not.toContain('<script>alert');
    const page = readable(text);
    expect(page).toContain(RESET);
    expect(page.indexOf(RESET)).toBeLessThan(page.indexOf(VERIFICATION));
  });

  it('answers for a local Host', async () => {
    for (const host of [
      'localhost',
      'localhost:3000',
      '127.0.0.1:3000',
      '[::1]:3000',
      'app.localhost:3000',
      'LOCALHOST',
      '127.8.9.1',
    ]) {
      expect({ host, status: (await asJson({ Host: host })).status }).toEqual({ host, status: 200 });
    }
  });

  it('answers 404 for another Host, so that a page of another site cannot read it (DNS rebinding)', async () => {
    for (const host of [
      'evil.example',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      'evil.example:3000',
      '192.168.0.1',
      '0.0.0.0',
      'localhost@evil.example',
      '127.evil.example',
      'user@localhost',
      'user:password@127.0.0.1',
      'localhost/x',
      'localhost?x',
      'localhost#x',
      'localhost\\x',
      'localhost:x',
      'localhost:',
      'localhost:3000:3000',
      'localhost,evil.example',
      'localhost evil.example',
      'local\thost',
      'localhost%00.evil.example',
      '127.1',
      '2130706433',
      '0x7f.0.0.1',
      '[::1',
      '[127.0.0.1]',
      '[::1]evil.example',
      '[::1]@evil.example',
      `${'a.'.repeat(5000)}localhost`,
    ]) {
      const { status, body } = await asJson({ Host: host });
      expect({ host, status }).toEqual({ host, status: 404 });
      expect(body).toMatchObject({ code: 'not_found' });
    }
  });

  it('answers 404 behind a proxy, which can also be a peer on loopback', async () => {
    for (const header of [
      'X-Forwarded-For',
      'X-Forwarded-Host',
      'X-Forwarded-Proto',
      'Forwarded',
      'X-Real-IP',
      'Via',
      'X-Forwarded-Server',
      'X-Forwarded-Port',
      'X-Forwarded-Anything',
      'X-Original-Host',
      'X-Original-Forwarded-For',
      'X-Original-URL',
      'X-Client-IP',
      'X-Cluster-Client-IP',
      'X-Envoy-External-Address',
      'CF-Connecting-IP',
      'CF-Ray',
      'True-Client-IP',
      'Fastly-Client-IP',
    ]) {
      await asJson({ [header]: '127.0.0.1' }).expect(404);
    }
  });

  it('answers 404 to a peer that is not on loopback', async () => {
    const outer = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4');
    const host = outer?.address ?? '127.0.0.1';
    const application = app.nest.getHttpServer();
    const door = createServer((asked, answer) => application.emit('request', asked, answer));
    door.listen(0, host);
    await once(door, 'listening');
    const { port } = door.address() as AddressInfo;
    const expected = outer === undefined ? 200 : 404;
    expect(await statusOf(host, port, { Host: 'localhost', Accept: 'application/json' })).toBe(expected);
    door.close();
  });
});

describe('GET /dev/mailbox, with SMTP_URL', () => {
  it('answers 404', async () => {
    const sink = await SmtpSink.listen();
    const app = await startApplication({ variables: { SMTP_URL: sink.url } });
    await app.anonymous.get(PATH).set('Accept', 'application/json').expect(404);
    await app.anonymous.get(PATH).set('Accept', 'text/html').expect(404);
    await app.close();
    await sink.close();
  });
});

async function statusOf(host: string, port: number, headers: OutgoingHttpHeaders): Promise<number> {
  const sent = request({ host, port, path: PATH, headers, agent: false });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [{ statusCode: number; resume(): void }];
  answer.resume();
  return answer.statusCode;
}
