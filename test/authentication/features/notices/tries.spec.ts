import { startApplication, type TestApplication } from '../../../support/application.js';
import { letQueueTimePass } from '../../../support/clock.js';
import { SmtpSink, textOf, type ReceivedMail } from '../../../support/smtp.js';
import { until } from '../../../support/until.js';
import { CHROME, ELSEWHERE, FIREFOX, HOME, VARIABLES, Visitor } from './visitors.js';

const PATH = '/sessions/notice';
/** base64, 32 bytes */
const OTHER_KEY = Buffer.alloc(32, 8).toString('base64');

function tokenIn(mail: ReceivedMail | undefined): string {
  return /token=([\w-]+)/.exec(mail === undefined ? '' : textOf(mail))?.[1] ?? '';
}

describe('a notice whose mail is tried again', () => {
  let sink: SmtpSink;
  let app: TestApplication;

  const start = (variables = {}) =>
    startApplication({ variables: { ...VARIABLES, SMTP_URL: sink.url, ...variables } });

  beforeAll(async () => {
    sink = await SmtpSink.listen();
    app = await start();
  });
  afterAll(async () => {
    await app.close();
    await sink.close();
  });

  /** A user with a sign-in from a new device. The mail server gives this answer, so the notice waits for its second try. */
  async function noticed(answer: 'dropped' | 451): Promise<{ email: string; userId: number; owner: string }> {
    const home = new Visitor(app, CHROME, HOME);
    const { email, userId } = await home.signUp();
    const { token: owner } = await home.signIn(email);
    await app.mailbox.settled();
    sink.answers = [answer];
    await new Visitor(app, FIREFOX, ELSEWHERE).signIn(email);
    await until(async () => {
      const waiting = await app.query(
        "SELECT 1 FROM authentication_jobs.job WHERE data->>'address' = $1 AND state = 'retry'",
        [email],
      );
      return waiting.length > 0;
    });
    return { email, userId, owner };
  }

  async function tryAgain(): Promise<void> {
    await letQueueTimePass(app, '1 day');
    await app.mailbox.settled();
  }

  const noticesTo = (email: string) => sink.to(email).filter((mail) => textOf(mail).includes(PATH));
  const rowsOf = (userId: number) =>
    app.query('SELECT 1 FROM authentication.sign_in_notices WHERE user_id = $1', [userId]);
  const deny = (token: string) => app.anonymous.post(`${PATH}/denial`).type('form').send({ token });

  it('contains the same link as the first mail, which arrived although the server’s answer was lost', async () => {
    const { email, userId } = await noticed('dropped');
    await tryAgain();
    const [first, again] = noticesTo(email).map(tokenIn);
    expect(again).toBe(first);
    expect(await rowsOf(userId)).toHaveLength(1);
    await deny(first ?? '').expect(200);
  });

  it('is not sent again after the sign-in was denied', async () => {
    const { email, userId } = await noticed('dropped');
    await deny(tokenIn(noticesTo(email)[0])).expect(200);
    await tryAgain();
    expect(noticesTo(email)).toHaveLength(1);
    expect(await rowsOf(userId)).toEqual([]);
  });

  it('has one working link when another instance with another key sends it', async () => {
    const { email, userId } = await noticed(451);
    await app.close();
    app = await start({ SECRET_KEY: OTHER_KEY });
    await tryAgain();
    expect(await rowsOf(userId)).toHaveLength(1);
    await deny(tokenIn(noticesTo(email)[0])).expect(200);
  });
});
