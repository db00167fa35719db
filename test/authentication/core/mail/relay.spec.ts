import { RelayRefusal, UndeliverableMail } from '../../../../src/authentication/core/mail/mail.js';
import { SmtpTransport } from '../../../../src/authentication/core/mail/smtp-transport.js';
import { startApplication, type TestApplication } from '../../../support/application.js';
import { letQueueTimePass } from '../../../support/clock.js';
import { Log } from '../../../support/log.js';
import { Relay } from '../../../support/relay.js';
import { until } from '../../../support/until.js';

const MAIL = { to: 'ada@example.com', subject: 'Hello', text: 'text', html: '<p>html</p>' };

describe('a mail server that refuses', () => {
  let relay: Relay;

  beforeAll(async () => {
    relay = await Relay.listen();
  });
  afterAll(() => relay.close());

  async function outcome(answers: Relay['answers'], user = ''): Promise<string> {
    relay.answers = answers;
    const transport = new SmtpTransport(`smtp://${user}127.0.0.1:${relay.port}`, 'no-reply@acme.example');
    const error = await transport.send(MAIL).catch((failure: unknown) => failure);
    if (error === undefined) return 'sent';
    if (error instanceof UndeliverableMail) return 'set aside';
    return error instanceof RelayRefusal ? 'relay refuses' : 'tried again';
  }

  it('everybody, concerns the relay: the mail is tried again', async () => {
    const cases: Relay['answers'][] = [
      { greeting: '554 5.7.1 blocked' },
      { EHLO: '550 no', HELO: '550 5.7.1 no' },
      { EHLO: '250-relay.example\r\n250 STARTTLS', STARTTLS: '554 5.3.0 no' },
      { MAIL: '530 5.7.0 Authentication required' },
      { MAIL: '553 5.7.1 sender not owned' },
      { MAIL: '550 5.1.8 sender refused' },
      { EHLO: '250-relay.example\r\n250 PIPELINING', MAIL: '550 5.7.1 no', DATA: '503 5.5.1 no' },
      { RCPT: '550 5.7.1 relaying denied' },
      { RCPT: '550 relay not permitted' },
      { RCPT: "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)" },
      { RCPT: '554 5.7.1 <mail.example>: Client host rejected: Access denied' },
      { RCPT: '504 5.5.2 <mail>: Helo command rejected: need fully-qualified hostname' },
      { RCPT: '550 5.1.0 <no-reply@acme.example>: Sender address rejected: User unknown' },
      { RCPT: '550 5.4.6 daily sending quota exceeded' },
      { RCPT: '530 authentication required' },
      { DATA: '554 5.5.1 no' },
      { content: '550 5.7.26 This mail is unauthenticated: DMARC' },
      { content: '552 5.3.4 too big' },
    ];
    for (const answers of cases) {
      expect([answers, await outcome(answers)]).toEqual([answers, 'relay refuses']);
    }
    const refused = { EHLO: '250-relay.example\r\n250 AUTH PLAIN', AUTH: '535 5.7.8 wrong password' };
    expect(await outcome(refused, 'user:wrong@')).toBe('relay refuses');
  });

  it('the recipient or the content, sets the mail aside', async () => {
    const cases: Relay['answers'][] = [
      { RCPT: '550 5.1.1 user unknown' },
      { RCPT: '550-5.1.1 user unknown\r\n550 5.1.1 ask your postmaster' },
      { RCPT: '550 5.1.1 <relay@example.com>: user unknown' },
      { RCPT: '550 no such user here' },
      { RCPT: '550 5.2.1 mailbox disabled' },
      { RCPT: '556 5.1.10 the domain takes no mail' },
      { EHLO: '250-relay.example\r\n250 PIPELINING', RCPT: '550 5.1.1 user unknown', DATA: '503 5.5.1 no' },
      { content: '554 5.7.1 the content looks like spam' },
      { content: '550 5.6.0 the content is not valid' },
    ];
    for (const answers of cases) expect([answers, await outcome(answers)]).toEqual([answers, 'set aside']);
  });

  it('for now, is tried again: a full mailbox, greylisting, 421', async () => {
    for (const answers of [
      { RCPT: '552 5.2.2 mailbox full' },
      { RCPT: '550 5.2.2 over quota' },
      { RCPT: '552 mailbox full' },
      { content: '452 4.2.2 mailbox full' },
      { RCPT: '450 4.2.0 greylisted' },
      { greeting: '421 4.3.2 too many connections' },
    ]) {
      expect([answers, await outcome(answers)]).toEqual([answers, 'tried again']);
    }
  });

  it('what it does not know, but takes the mail, gets it', async () => {
    expect(await outcome({ greeting: '220-relay.example\r\n220-no spam here\r\n220 go' })).toBe('sent');
    expect(await outcome({ EHLO: '502 5.5.1 command not implemented' })).toBe('sent');
  });
});

describe('a mail server that is set up wrongly for hours', () => {
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

  const triesOf = (email: string) =>
    app.query<{ tries: number; pause: number; left: number; reason: string }>(
      `SELECT retry_count + 1 AS tries, extract(epoch FROM start_after - now())::float8 AS pause,
         retry_limit - retry_count AS left, output ->> 'reason' AS reason
       FROM authentication_jobs.job WHERE data ->> 'address' = $1 AND name = 'mails' AND state = 'retry'`,
      [email],
    );

  it('loses no mail, and each try is one line of the log', async () => {
    const log = Log.of(app);
    relay.answers = { MAIL: '530 5.7.0 Authentication required' };
    const { email } = await app.signUp();
    const [first] = await until(async () => (await triesOf(email)).length > 0 && triesOf(email));
    expect(first).toMatchObject({ tries: 1, reason: expect.stringContaining('530') as string });
    expect(log.entries('mail_relay_refused')).toMatchObject([{ level: 'error', attempt: 1 }]);
    // After many tries the pauses grow no more: a corrected server gets the mails within an hour.
    await app.query("UPDATE authentication_jobs.job SET retry_count = 20 WHERE data ->> 'address' = $1", [
      email,
    ]);
    await letQueueTimePass(app, '2 hours');
    const [late] = await until(async () => {
      const tries = await triesOf(email);
      return tries[0]?.tries === 22 && tries;
    });
    expect(late!.pause).toBeGreaterThan(1700);
    expect(late!.pause).toBeLessThanOrEqual(3600);
    // With pauses of 45 minutes, the rest of two days.
    expect(late!.left).toBeGreaterThan(40);
    relay.answers = {};
    await letQueueTimePass(app, '2 hours');
    await until(() => relay.to(email).length === 1);
    expect(log.entries('mail_undeliverable')).toEqual([]);
  });
});
