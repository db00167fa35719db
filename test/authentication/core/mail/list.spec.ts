import { performance } from 'node:perf_hooks';
import { MailList } from '../../../../src/authentication/core/mail/mail-list.js';
import { startApplication, type TestApplication } from '../../../support/application.js';
import { Relay } from '../../../support/relay.js';
import { textOf } from '../../../support/smtp.js';
import { until } from '../../../support/until.js';

describe('MailList', () => {
  let relay: Relay;
  let app: TestApplication;
  let mails: MailList;

  beforeAll(async () => {
    relay = await Relay.listen();
    app = await startApplication({ variables: { SMTP_URL: relay.url } });
    mails = app.get(MailList);
  });
  afterAll(async () => {
    await app.close();
    await relay.close();
  });

  const listed = async (email: string, state: string) =>
    until(async () =>
      (await mails.list()).find((mail) => mail.address === email && mail.state === state && mail.tries > 0),
    );

  const linkTo = (email: string) => {
    const raw = relay.to(email).at(-1)?.raw ?? '';
    return new URL(/https?:\/\/\S+/.exec(textOf({ raw, from: '', to: [] }))?.[0] ?? 'about:blank');
  };

  it('queues a mail again that was set aside, with a new link', async () => {
    relay.answers = { content: '550 5.7.1 spam' };
    const { email, userId } = await app.signUp();
    const mail = await listed(email, 'set_aside');
    expect(mail).toMatchObject({
      message: 'email_verification',
      tries: 1,
      next_try_at: null,
      next_try_seconds: null,
      reason: expect.stringContaining('550 5.7.1 spam') as string,
    });
    relay.answers = {};
    const both = await Promise.all([mails.retry([mail.id]), mails.retry([mail.id])]);
    expect(both.flatMap(({ queued }) => queued)).toEqual([mail.id]);
    await until(() => relay.to(email).length > 0);
    await app.mailbox.settled();
    expect(relay.to(email)).toHaveLength(1);
    const token = linkTo(email).searchParams.get('token');
    await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(204);
    expect(await mails.list()).toEqual([]);
    const tokens =
      "SELECT 1 FROM authentication.one_time_tokens WHERE user_id = $1 AND purpose = 'email_verification'";
    expect(await app.query(tokens, [userId])).toEqual([]);
  });

  it('lets a mail that waits be tried now', async () => {
    relay.answers = { RCPT: '450 4.2.0 later' };
    const { email } = await app.signUp();
    const mail = await listed(email, 'waiting');
    expect(mail).toMatchObject({ tries: 1, reason: expect.stringContaining('450') as string });
    expect(mail.next_try_seconds).toBeGreaterThan(0);
    relay.answers = {};
    expect(await mails.retry(null)).toEqual({ queued: [], due: [mail.id] });
    await until(() => relay.to(email).length === 1);
  });
});

describe('a mail that a killed worker had', () => {
  it('is sent by another worker, when its reservation was not renewed for 30 seconds', async () => {
    const relay = await Relay.listen();
    relay.answers = { RCPT: '450 4.2.0 later' };
    const app = await startApplication({ variables: { SMTP_URL: relay.url } });
    const { email } = await app.signUp();
    const reserve = `UPDATE authentication_jobs.job SET state = 'active', started_on = now(), retry_delay = 0
      WHERE data ->> 'address' = $1 AND state = 'retry' RETURNING id`;
    await until(async () => (await app.query(reserve, [email])).length === 1);
    relay.answers = {};
    const now = performance.now.bind(performance);
    const looked = now();
    // The worker looks every five seconds: once to see the reservation, once after the time that is made up here.
    await until(() => now() - looked > 6000);
    expect(relay.to(email)).toEqual([]);
    performance.now = () => now() + 30_000;
    await until(() => relay.to(email).length === 1);
    performance.now = now;
    await app.close();
    await relay.close();
  });
});

describe('a clock that jumps', () => {
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

  it('of this process does not change when a mail was requested: the database says it', async () => {
    relay.answers = { RCPT: '450 4.2.0 later' };
    const { email } = await app.signUp();
    const [job] = await app.query<{ same: boolean }>(
      `SELECT date_trunc('milliseconds', created_on) = (data ->> 'requested_at')::timestamptz AS same
       FROM authentication_jobs.job WHERE data ->> 'address' = $1`,
      [email],
    );
    expect(job).toEqual({ same: true });
  });

  it('of the database back delays no mail', async () => {
    relay.answers = { RCPT: '450 4.2.0 later' };
    const { email } = await app.signUp();
    const failed = `UPDATE authentication_jobs.job SET start_after = now() + interval '3 days'
      WHERE data ->> 'address' = $1 AND state = 'retry' RETURNING id`;
    await until(async () => (await app.query(failed, [email])).length === 1);
    relay.answers = {};
    await until(() => relay.to(email).length === 1);
  });

  it('of the database forward drops no mail and repeats none that an instance is sending', async () => {
    const other = await startApplication({ variables: { SMTP_URL: relay.url } });
    relay.answers = { content: null };
    const { email } = await app.signUp();
    await until(() => relay.to(email).length > 0);
    await app.query(`UPDATE authentication_jobs.job SET created_on = created_on - interval '30 days',
      start_after = start_after - interval '30 days', started_on = started_on - interval '1 hour',
      keep_until = keep_until - interval '30 days'`);
    // Both instances look at the reservations every five seconds.
    await new Promise((done) => setTimeout(done, 6000));
    relay.answer('content');
    await app.mailbox.settled();
    expect(relay.to(email)).toHaveLength(1);
    await other.close();
  });
});
