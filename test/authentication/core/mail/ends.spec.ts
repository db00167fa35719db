import { Database } from '../../../../src/authentication/core/database/database.js';
import { MailTransport, type Mail } from '../../../../src/authentication/core/mail/mail.js';
import { startApplication, type TestApplication } from '../../../support/application.js';
import { Log } from '../../../support/log.js';
import { Relay } from '../../../support/relay.js';
import { until } from '../../../support/until.js';

/** Below the 30 seconds after which the job of a killed worker is free. */
const AT_ONCE_MS = 20_000;

/** A transport of a host that never ends, whatever it is told. */
class StuckMails extends MailTransport {
  readonly begun: string[] = [];

  send({ to }: Mail): Promise<void> {
    this.begun.push(to);
    return new Promise(() => undefined);
  }
}

describe('a mail that was sent while the database was away', () => {
  it('is not sent again: its end is written when the database is back, and the log says it once', async () => {
    const relay = await Relay.listen();
    const app = await startApplication({ variables: { SMTP_URL: relay.url } });
    const log = Log.of(app);
    relay.answers = { content: null };
    const { email } = await app.signUp();
    await until(() => relay.received === 1);
    // No connection is free: every statement fails after 1.5 seconds.
    const { pool } = app.get(Database);
    const held = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
    relay.answer('content');
    await until(() => log.entries('mail_queue_failed').length > 0);
    await new Promise((done) => setTimeout(done, 4000));
    for (const client of held) client.release();
    await app.mailbox.settled();
    expect(relay.to(email)).toHaveLength(1);
    expect(log.entries('mail_queue_failed')).toHaveLength(1);
    await until(() => log.entries('mail_queue_recovered').length === 1);
    expect(log.entries('mail_failed')).toEqual([]);
    await app.close();
    await relay.close();
  });
});

describe('a stop while mails are being sent', () => {
  let relay: Relay;
  let app: TestApplication;

  beforeEach(async () => {
    relay = await Relay.listen();
  });
  afterEach(async () => {
    await app.close();
    await relay.close();
  });

  const start = () => startApplication({ variables: { SMTP_URL: relay.url } });

  /** Starts a server that can send, and waits for the mail. */
  async function sentAtNextStart(email: string): Promise<void> {
    relay.answers = {};
    app = await start();
    await until(() => relay.to(email).length > 0, AT_ONCE_MS);
  }

  for (const stage of ['greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA'] as const) {
    it(`cuts off a mail whose server is silent after ${stage}, and the next start sends it at once`, async () => {
      relay.answers = { [stage]: null };
      app = await start();
      const { email } = await app.signUp();
      await until(() =>
        stage === 'greeting' ? relay.connections > 0 : relay.commands.some((line) => line.startsWith(stage)),
      );
      await app.close();
      await sentAtNextStart(email);
      await app.mailbox.settled();
      expect(relay.to(email)).toHaveLength(1);
    });
  }

  it('waits for the answer to a mail that was sent as a whole', async () => {
    relay.answers = { content: null };
    app = await start();
    const { email } = await app.signUp();
    await until(() => relay.received === 1);
    const closed = app.close();
    await new Promise((done) => setTimeout(done, 300));
    relay.answer('content');
    await closed;
    app = await start();
    await app.mailbox.settled();
    expect(relay.to(email)).toHaveLength(1);
  });

  it('does not wait for an answer that does not come: the mail is sent again, once', async () => {
    relay.answers = { content: null };
    app = await start();
    const { email } = await app.signUp();
    await until(() => relay.received === 1);
    await app.close();
    relay.answers = {};
    app = await start();
    await until(() => relay.received === 2, AT_ONCE_MS);
    await app.mailbox.settled();
    expect(relay.to(email)).toHaveLength(2);
  });

  it('does not wait for a transport of the host that ignores it', async () => {
    const mail = new StuckMails();
    app = await startApplication({ parts: { mail } });
    const { email } = await app.signUp();
    await until(() => mail.begun.includes(email));
    await app.close();
    await sentAtNextStart(email);
  });

  it('counts no try for a mail that was cut off', async () => {
    relay.answers = { greeting: null };
    app = await start();
    await app.signUp();
    await until(() => relay.connections > 0);
    await app.close();
    relay.answers = { RCPT: '450 4.2.0 later' };
    app = await start();
    const log = Log.of(app);
    await until(() => log.entries('mail_failed').length > 0, AT_ONCE_MS);
    expect(log.entries('mail_failed')[0]).toMatchObject({ attempt: 1 });
  });
});
