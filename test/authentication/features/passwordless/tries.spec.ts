import { startApplication, type TestApplication } from '../../../support/application.js';
import { letQueueTimePass, letTimePass } from '../../../support/clock.js';
import { SmtpSink, textOf, type ReceivedMail } from '../../../support/smtp.js';
import { until } from '../../../support/until.js';

const PATH = '/sessions/passwordless';
/** base64, 32 bytes */
const OTHER_KEY = Buffer.alloc(32, 8).toString('base64');

function heldIn(mail: ReceivedMail | undefined): { token: string; code: string } {
  const text = mail === undefined ? '' : textOf(mail);
  const [, token = ''] = /token=([\w-]+)/.exec(text) ?? [];
  const [code = ''] = /^[0-9A-Z]{8}(?=\r?$)/m.exec(text) ?? [];
  return { token, code };
}

describe('A sign-in mail that is sent again', () => {
  let sink: SmtpSink;
  let app: TestApplication;

  const start = (variables = {}) => startApplication({ variables: { SMTP_URL: sink.url, ...variables } });

  beforeAll(async () => {
    sink = await SmtpSink.listen();
    app = await start();
  });
  afterAll(async () => {
    await app.close();
    await sink.close();
  });

  /** A user who asked for a sign-in mail. The mail server gave `answer` to the first try, so a second one waits. */
  async function asked(answer: 'dropped' | 451): Promise<{ email: string; userId: number }> {
    const person = await app.signUp();
    await app.mailbox.settled();
    sink.answers = [answer];
    await app.anonymous.post(PATH).send({ email: person.email }).expect(204);
    await until(async () => {
      const waiting = await app.query(
        "SELECT 1 FROM authentication_jobs.job WHERE data->>'address' = $1 AND state = 'retry'",
        [person.email],
      );
      return waiting.length > 0;
    });
    return person;
  }

  async function tryAgain(): Promise<void> {
    await letQueueTimePass(app, '1 day');
    await app.mailbox.settled();
  }

  const mailsTo = (email: string) => sink.to(email).slice(1);
  const codesOf = (userId: number) =>
    app.query('SELECT 1 FROM authentication.passwordless_codes WHERE user_id = $1', [userId]);

  it('has the same link and code as the mail that arrived although its answer was lost', async () => {
    const { email, userId } = await asked('dropped');
    await tryAgain();
    const [first, again] = mailsTo(email).map(heldIn);
    expect(first).toEqual({
      token: expect.stringMatching(/^[\w-]{43}$/) as string,
      code: expect.stringMatching(/^[2-9A-HJ-NP-Z]{8}$/) as string,
    });
    expect(again).toEqual(first);
    expect(await codesOf(userId)).toHaveLength(1);
    await app.anonymous.put(PATH).send({ email, code: first?.code }).expect(201);
    await app.anonymous.put(PATH).send({ token: first?.token }).expect(400);
  });

  it('is not sent after its link was used', async () => {
    const { email, userId } = await asked('dropped');
    const { token } = heldIn(mailsTo(email)[0]);
    await app.anonymous.put(PATH).send({ token }).expect(201);
    await tryAgain();
    expect(mailsTo(email)).toHaveLength(1);
    expect(await codesOf(userId)).toEqual([]);
  });

  it('keeps the counted failures, so that a lost answer gives no further guesses', async () => {
    const { email, userId } = await asked('dropped');
    for (let guess = 0; guess < 5; guess += 1) {
      await app.anonymous.put(PATH).send({ email, code: '22222222' }).expect(400);
    }
    await tryAgain();
    expect(await codesOf(userId)).toHaveLength(1);
    const { token, code } = heldIn(mailsTo(email)[1]);
    await app.anonymous.put(PATH).send({ email, code }).expect(400);
    await app.anonymous.put(PATH).send({ token }).expect(201);
  });

  it('is valid when it arrives late, also from an instance with another key', async () => {
    const { email, userId } = await asked(451);
    await app.close();
    app = await start({ SECRET_KEY: OTHER_KEY });
    await letTimePass(app, '1 hour');
    await tryAgain();
    expect(await codesOf(userId)).toHaveLength(1);
    const { code } = heldIn(mailsTo(email)[0]);
    await app.anonymous.put(PATH).send({ email, code }).expect(201);
  });
});
