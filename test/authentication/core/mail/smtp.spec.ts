import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { MailTransport } from '../../../../src/authentication/core/mail/mail.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letQueueTimePass, letTimePass } from '../../../support/clock.js';
import { Log } from '../../../support/log.js';
import { headersOf, SmtpSink, textOf, type ReceivedMail } from '../../../support/smtp.js';
import { until } from '../../../support/until.js';

interface Job {
  id: string;
  name: string;
  state: string;
  retry_count: number;
  /** seconds until the next try */
  wait: number;
  data: Record<string, unknown>;
}

function jobsTo(app: TestApplication, address: string): Promise<Job[]> {
  return app.query<Job>(
    `SELECT id, name, state::text, retry_count, data,
       extract(epoch FROM start_after - now())::float AS wait
     FROM authentication_jobs.job WHERE data->>'address' = $1`,
    [address],
  );
}

async function jobIn(app: TestApplication, address: string, state: string, name = 'mails'): Promise<Job> {
  return until(async () =>
    (await jobsTo(app, address)).find((job) => job.state === state && job.name === name),
  );
}

function linkIn(mail: ReceivedMail): URL {
  return new URL(/https?:\/\/\S+/.exec(textOf(mail))?.[0] ?? 'about:blank');
}

describe('mails over SMTP', () => {
  let app: TestApplication;
  let sink: SmtpSink;
  let log: Log;

  beforeAll(async () => {
    sink = await SmtpSink.listen();
    app = await startApplication({
      variables: { SMTP_URL: sink.url, MAIL_FROM: 'Acme <no-reply@acme.example>' },
    });
    log = Log.of(app);
  });
  afterAll(async () => {
    await sink.close();
    await app.close();
  });

  const delivered = (address: string) => until(() => sink.to(address)[0]);

  it('are sent from MAIL_FROM to one address, as text and as HTML', async () => {
    const { email } = await app.signUp();
    const mail = await delivered(email);
    expect(mail.from).toBe('no-reply@acme.example');
    expect(mail.to).toEqual([email]);
    const headers = Object.fromEntries(headersOf(mail));
    expect(headers).toMatchObject({
      from: 'Acme <no-reply@acme.example>',
      to: email,
      subject: expect.stringContaining('Acme') as string,
      'auto-submitted': 'auto-generated',
      'content-type': expect.stringContaining('multipart/alternative') as string,
    });
    expect(mail.raw).toContain('Content-Type: text/html');
    const token = linkIn(mail).searchParams.get('token');
    await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(204);
  });

  it('are tried again with growing pauses after a 4xx, and their link works even days later', async () => {
    sink.answers = [451, 451];
    const { email } = await app.signUp();
    const first = await jobIn(app, email, 'retry');
    expect(first.wait).toBeGreaterThan(2);
    await letTimePass(app, '50 hours');
    await letQueueTimePass(app, '50 hours');
    const second = await until(async () =>
      (await jobsTo(app, email)).find(({ state, retry_count: count }) => state === 'retry' && count === 1),
    );
    expect(second.wait).toBeGreaterThan(8);
    expect(sink.to(email)).toEqual([]);
    expect(log.entries('mail_failed').at(-1)).toMatchObject({
      level: 'warn',
      message: 'email_verification',
      attempt: 2,
      reason: expect.stringContaining('451') as string,
    });
    await letTimePass(app, '50 hours');
    await letQueueTimePass(app, '50 hours');
    const token = linkIn(await delivered(email)).searchParams.get('token');
    await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(204);
  });

  it('are set aside and logged after a 5xx', async () => {
    sink.answers = [550];
    const { email } = await app.signUp();
    const aside = await jobIn(app, email, 'created', 'undeliverable-mails');
    expect(aside.data).toMatchObject({
      message: 'email_verification',
      reason: expect.stringContaining('550') as string,
    });
    expect(await jobsTo(app, email)).toHaveLength(1);
    await letQueueTimePass(app, '1 day');
    const { email: next } = await app.signUp();
    await delivered(next);
    expect(sink.to(email)).toEqual([]);
    expect(log.entries('mail_undeliverable').at(-1)).toMatchObject({
      level: 'error',
      reason: expect.stringContaining('550') as string,
    });
  });

  it('are set aside and logged when the last try fails', async () => {
    sink.answers = [451, 451];
    const { email } = await app.signUp();
    const { id } = await jobIn(app, email, 'retry');
    await app.query('UPDATE authentication_jobs.job SET retry_count = retry_limit - 1 WHERE id = $1', [id]);
    await letQueueTimePass(app, '1 day');
    await jobIn(app, email, 'created', 'undeliverable-mails');
    expect(log.entries('mail_undeliverable').at(-1)).toMatchObject({ job: id, level: 'error' });
  });

  it('are sent again when the connection breaks after DATA: they arrive at least once', async () => {
    sink.answers = ['dropped'];
    const { email } = await app.signUp();
    await jobIn(app, email, 'retry');
    await letQueueTimePass(app, '1 hour');
    const [, again] = await until(() => sink.to(email).length === 2 && sink.to(email));
    const token = linkIn(again!).searchParams.get('token');
    await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(204);
  });

  it('hold no secret while they wait', async () => {
    sink.answers = [451];
    const { email } = await app.signUp();
    const { data } = await jobIn(app, email, 'retry');
    expect(Object.keys(data).sort()).toEqual(
      [
        'message',
        'realm',
        'address',
        'user_id',
        'verified',
        'client',
        'locale',
        'requested_at',
        'issued',
      ].sort(),
    );
    expect(JSON.stringify(data)).not.toContain(PASSWORD);
    expect(JSON.stringify(data)).not.toMatch(/[\w-]{43}/);
  });

  it('reach one recipient and get no additional header, however the address is crafted (GHSA-mm7p-fcc7-pg87)', async () => {
    const crafted = [
      'victim@example.com,attacker@evil.example',
      'victim@example.com, <attacker@evil.example>',
      'victim@example.com;attacker@evil.example',
      'victim@example.com attacker@evil.example',
      '<victim@example.com> attacker@evil.example',
      'attacker@evil.example <victim@example.com>',
      '"attacker@evil.example, x"@example.com',
      '"attacker@evil.example" <victim@example.com>',
      'victim@example.com\r\nBcc: attacker@evil.example',
      'victim@example.com\nBcc: attacker@evil.example',
      'victim@example.com\r\n\r\nRCPT TO:<attacker@evil.example>',
      'victim@example.com>\r\nRCPT TO:<attacker@evil.example',
      'attacker(@evil.example)@example.com',
      'attacker@[evil.example]@example.com',
      'group: attacker@evil.example, victim@example.com;',
      '=?utf-8?q?attacker=40evil.example=3E=00?=@example.com',
      'attacker%evil.example@example.com',
      'attacker!evil@example.com',
      "o'hara+tag@example.com",
      '@evil.example:victim@example.com',
    ];
    const taken: string[] = [];
    for (const address of crafted) {
      const answer = await app.anonymous
        .post('/sign_up')
        .send({ email: address, password: PASSWORD, password_confirmation: PASSWORD });
      expect([201, 422]).toContain(answer.status);
      if (answer.status === 201) taken.push((answer.body as { email: string }).email);
    }
    expect(taken).toContain("o'hara+tag@example.com");
    for (const address of taken) {
      const mail = await delivered(address);
      expect(mail.to).toEqual([address]);
      expectPlainHeaders(mail);
    }
    expect(sink.received.flatMap(({ to }) => to).filter((to) => to.includes('evil.example>'))).toEqual([]);
    expect(sink.to('attacker@evil.example')).toEqual([]);
  });

  it('reach one recipient or none, even when the transport itself gets such an address', async () => {
    for (const to of [
      'victim@example.com, attacker@evil.example',
      'victim@example.com\r\nBcc: attacker@evil.example',
      '<victim@example.com> attacker@evil.example',
      '"attacker@evil.example x"@example.com',
    ]) {
      const before = sink.received.length;
      await app
        .get(MailTransport)
        .send({ to, subject: 'Hello\r\nBcc: attacker@evil.example', text: 'text', html: '<p>html</p>' })
        .catch(() => undefined);
      for (const mail of sink.received.slice(before)) {
        expect(mail.to).toHaveLength(1);
        expectPlainHeaders(mail);
      }
    }
    expect(sink.to('attacker@evil.example')).toEqual([]);
  });

  it('get no additional header from a user agent', async () => {
    const { email } = await app.signUp();
    await delivered(email);
    await app.anonymous
      .post('/identity/password_reset')
      .set('User-Agent', 'Browser\tBcc: attacker@evil.example')
      .send({ email })
      .expect(204);
    const [, mail] = await until(() => sink.to(email).length === 2 && sink.to(email));
    expect(mail!.to).toEqual([email]);
    expectPlainHeaders(mail!);
  });

  it('are sent by another worker when theirs was killed and its reservation has ended', async () => {
    sink.answers = [451];
    const { email } = await app.signUp();
    const { id } = await jobIn(app, email, 'retry');
    // The state of a job whose worker was killed while it sent the mail.
    await app.query(
      "UPDATE authentication_jobs.job SET state = 'active', started_on = now() - interval '1 day' WHERE id = $1",
      [id],
    );
    await sink.close();
    await app.close();
    sink = await SmtpSink.listen();
    app = await startApplication({ variables: { SMTP_URL: sink.url } });
    await jobIn(app, email, 'retry');
    await letQueueTimePass(app, '1 hour');
    const token = linkIn(await delivered(email)).searchParams.get('token');
    await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(204);
  });
});

describe('a mail server', () => {
  it('that cannot be reached delays no sign-up, and the mails are sent when it is back', async () => {
    const gone = await SmtpSink.listen();
    const { url } = gone;
    await gone.close();
    const app = await startApplication({ variables: { SMTP_URL: url } });
    const { email } = await app.signUp();
    await jobIn(app, email, 'retry');
    const back = await SmtpSink.listen(Number(new URL(url).port));
    await letQueueTimePass(app, '1 hour');
    await until(() => back.to(email)[0]);
    await back.close();
    await app.close();
  });

  it('that does not answer delays no sign-up', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const open = new Set<{ destroy(): void }>();
    silent.on('connection', (socket) => open.add(socket));
    const { port } = silent.address() as AddressInfo;
    const app = await startApplication({ variables: { SMTP_URL: `smtp://127.0.0.1:${port}` } });
    const began = Date.now();
    await app.signUp();
    await until(() => open.size > 0);
    const { email } = await app.signUp();
    await app.signIn(email);
    expect(Date.now() - began).toBeLessThan(5000);
    silent.close();
    for (const socket of open) socket.destroy();
    await app.close();
  });
});

function expectPlainHeaders(mail: ReceivedMail): void {
  const names = headersOf(mail).map(([name]) => name);
  expect(names.filter((name) => name === 'to')).toHaveLength(1);
  for (const name of ['bcc', 'cc', 'reply-to', 'sender']) expect(names).not.toContain(name);
}
