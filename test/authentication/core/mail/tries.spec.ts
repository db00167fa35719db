import type { EntityManager } from 'typeorm';
import {
  UserEvents,
  type UserFact,
  type UserListener,
} from '../../../../src/authentication/core/events/user-events.js';
import { MailComposer } from '../../../../src/authentication/core/mail/mail-composer.js';
import type { QueuedMail } from '../../../../src/authentication/core/mail/mail-queue.js';
import { Sweeper } from '../../../../src/authentication/core/sweeping/sweeper.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letQueueTimePass, letTimePass } from '../../../support/clock.js';
import { SmtpSink, textOf, type ReceivedMail } from '../../../support/smtp.js';
import { until } from '../../../support/until.js';

const NEW_PASSWORD = 'another horse battery staple';
/** base64, 32 bytes */
const OTHER_KEY = Buffer.alloc(32, 8).toString('base64');

/** Records every fact, whichever features are there. */
class Witness implements UserListener {
  readonly facts: UserFact[] = [];

  onUserFact(fact: UserFact, _manager: EntityManager): Promise<void> {
    this.facts.push(fact);
    return Promise.resolve();
  }

  requestsOf(userId: number): number {
    return this.facts.filter(
      ({ action, user }) => action === 'password_reset_requested' && user.id === userId,
    ).length;
  }
}

function tokenIn(mail: ReceivedMail | undefined): string {
  const [link] = /https?:\/\/\S+/.exec(mail === undefined ? '' : textOf(mail)) ?? [];
  return new URL(link ?? 'about:blank').searchParams.get('token') ?? '';
}

/** Waits until this number of tries of the newest mail to the address has failed. */
async function failed(app: TestApplication, email: string, tries: number): Promise<void> {
  await until(async () => {
    const [job] = await app.query<{ state: string; retry_count: number }>(
      `SELECT state::text, retry_count FROM authentication_jobs.job
       WHERE data->>'address' = $1 AND name = 'mails' ORDER BY created_on DESC LIMIT 1`,
      [email],
    );
    return job?.state === 'retry' && job.retry_count === tries - 1;
  });
}

/** Starts the next try of the mails that wait for it. */
const tryAgain = (app: TestApplication): Promise<void> => letQueueTimePass(app, '1 day');

describe('a mail that is tried again', () => {
  let sink: SmtpSink;
  let app: TestApplication;
  let witness: Witness;

  beforeAll(async () => {
    sink = await SmtpSink.listen();
    app = await started();
  });
  afterAll(async () => {
    await app.close();
    await sink.close();
  });

  async function started(variables: Record<string, string> = {}): Promise<TestApplication> {
    const application = await startApplication({ variables: { SMTP_URL: sink.url, ...variables } });
    witness = new Witness();
    application.get(UserEvents).listen(witness);
    return application;
  }

  const mailsTo = (address: string, count: number) =>
    until(() => sink.to(address).length >= count && sink.to(address));

  /** A user whose first mail has arrived, so that the next ones are about the reset. */
  async function user(): Promise<{ email: string; userId: number }> {
    const person = await app.signUp();
    await mailsTo(person.email, 1);
    await app.mailbox.settled();
    await app.markVerified(person.email);
    return person;
  }

  const ask = (email: string) => app.anonymous.post('/identity/password_reset').send({ email }).expect(204);

  const reset = (token: string) =>
    app.anonymous
      .put('/identity/password_reset')
      .send({ token, password: NEW_PASSWORD, password_confirmation: NEW_PASSWORD });

  const tokensOf = (userId: number, purpose = 'password_reset') =>
    app.query('SELECT * FROM authentication.one_time_tokens WHERE user_id = $1 AND purpose = $2', [
      userId,
      purpose,
    ]);

  it('issues one token and one event, however often it is tried', async () => {
    const { email, userId } = await user();
    sink.answers = [451, 451, 451];
    await ask(email);
    for (const tries of [1, 2, 3]) {
      await failed(app, email, tries);
      await tryAgain(app);
    }
    const [, mail] = await mailsTo(email, 2);
    expect(await tokensOf(userId)).toHaveLength(1);
    expect(witness.requestsOf(userId)).toBe(1);
    await reset(tokenIn(mail)).expect(200);
    expect(await tokensOf(userId)).toEqual([]);
  });

  it('has the same link as an earlier mail that arrived although its answer was lost', async () => {
    const { email, userId } = await user();
    sink.answers = ['dropped'];
    await ask(email);
    await failed(app, email, 1);
    await tryAgain(app);
    const [, first, again] = await mailsTo(email, 3);
    expect(tokenIn(again)).toBe(tokenIn(first));
    expect(await tokensOf(userId)).toHaveLength(1);
    await reset(tokenIn(first)).expect(200);
  });

  it('is not sent after its link was used, and issues no new link', async () => {
    const { email, userId } = await user();
    sink.answers = ['dropped'];
    await ask(email);
    await failed(app, email, 1);
    const [, first] = await mailsTo(email, 2);
    await reset(tokenIn(first)).expect(200);
    await tryAgain(app);
    await app.mailbox.settled();
    // The second mail has the link, the third says that the password was changed.
    expect(sink.to(email)).toHaveLength(3);
    expect(await tokensOf(userId)).toEqual([]);
    expect(witness.requestsOf(userId)).toBe(1);
    await reset(tokenIn(first)).expect(400);
  });

  it('is not sent after the password was changed, which ends the link', async () => {
    const { email, userId } = await user();
    const { token } = await app.signIn(email);
    sink.answers = [451];
    await ask(email);
    await failed(app, email, 1);
    await app
      .as(token)
      .put('/password')
      .send({ current_password: PASSWORD, password: NEW_PASSWORD, password_confirmation: NEW_PASSWORD })
      .expect(200);
    await tryAgain(app);
    await app.mailbox.settled();
    expect(sink.to(email)).toHaveLength(2);
    expect(await tokensOf(userId)).toEqual([]);
  });

  it('has a link that works after the first token expired, even if expired tokens were swept', async () => {
    const { email, userId } = await user();
    sink.answers = [451, 451];
    await ask(email);
    for (const tries of [1, 2]) {
      await failed(app, email, tries);
      // Longer than any pause: the server was off, or the database's clock jumped.
      await letTimePass(app, '3 days');
      await app.get(Sweeper).sweep();
      await letQueueTimePass(app, '3 days');
    }
    const [, mail] = await mailsTo(email, 2);
    expect(await tokensOf(userId)).toHaveLength(1);
    await reset(tokenIn(mail)).expect(200);
  });

  it('does not make an expired link valid again: the later mail has another link', async () => {
    const { email, userId } = await user();
    sink.answers = ['dropped'];
    await ask(email);
    await failed(app, email, 1);
    const [, first] = await mailsTo(email, 2);
    // Not by `letTimePass`: it also changes `created_at`, from which the secret is derived.
    await app.query(
      "UPDATE authentication.one_time_tokens SET expires_at = now() - interval '1 minute' WHERE user_id = $1",
      [userId],
    );
    await reset(tokenIn(first)).expect(400);
    await tryAgain(app);
    const [, , late] = await mailsTo(email, 3);
    await reset(tokenIn(first)).expect(400);
    expect(await tokensOf(userId)).toHaveLength(1);
    await reset(tokenIn(late)).expect(200);
  });

  it('also issues one token for the link that verifies an address', async () => {
    await app.mailbox.settled();
    sink.answers = ['dropped', 451];
    const { email, userId } = await app.signUp();
    for (const tries of [1, 2]) {
      await failed(app, email, tries);
      await tryAgain(app);
    }
    const [first, again] = await mailsTo(email, 2);
    expect(tokenIn(again)).toBe(tokenIn(first));
    expect(await tokensOf(userId, 'email_verification')).toHaveLength(1);
    await app.anonymous
      .put('/identity/email_verification')
      .send({ email, token: tokenIn(first) })
      .expect(204);
  });

  it('is not sent when its address was verified meanwhile', async () => {
    await app.mailbox.settled();
    sink.answers = ['dropped'];
    const { email, userId } = await app.signUp();
    await failed(app, email, 1);
    const token = tokenIn((await mailsTo(email, 1))[0]);
    await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(204);
    await tryAgain(app);
    await app.mailbox.settled();
    expect(sink.to(email)).toHaveLength(1);
    expect(await tokensOf(userId, 'email_verification')).toEqual([]);
  });

  it('issues one token when several workers have the job at once', async () => {
    const { email, userId } = await user();
    sink.answers = [451];
    await ask(email);
    await failed(app, email, 1);
    // The state before the first try.
    await app.query('DELETE FROM authentication.one_time_tokens WHERE user_id = $1', [userId]);
    const [job] = await app.query<QueuedMail>(
      `UPDATE authentication_jobs.job SET data = data - 'issued' WHERE data->>'address' = $1 AND state = 'retry'
       RETURNING id, data`,
      [email],
    );
    const composer = app.get(MailComposer);
    const mails = await Promise.all(Array.from({ length: 5 }, () => composer.compose(job!)));
    expect(new Set(mails.map((mail) => mail?.text)).size).toBe(1);
    expect(await tokensOf(userId)).toHaveLength(1);
    expect(witness.requestsOf(userId)).toBe(2);
    await tryAgain(app);
    await reset(tokenIn((await mailsTo(email, 2))[1])).expect(200);
  });

  it('issues one token when another instance with another key sends it', async () => {
    const { email, userId } = await user();
    sink.answers = [451];
    await ask(email);
    await failed(app, email, 1);
    for (const key of [OTHER_KEY, '']) {
      await app.close();
      sink.answers = [451];
      app = await started({ SECRET_KEY: key });
      await tryAgain(app);
      await failed(app, email, key === '' ? 3 : 2);
    }
    expect(await tokensOf(userId)).toHaveLength(1);
    expect(witness.requestsOf(userId)).toBe(0);
    await tryAgain(app);
    const [, mail] = await mailsTo(email, 2);
    expect(await tokensOf(userId)).toHaveLength(1);
    await reset(tokenIn(mail)).expect(200);
  });
});

describe('the limit of three mails in 15 minutes', () => {
  let sink: SmtpSink;
  let app: TestApplication;

  beforeAll(async () => {
    sink = await SmtpSink.listen();
    app = await startApplication({ variables: { SMTP_URL: sink.url, THROTTLE_FACTOR: '1' } });
  });
  afterAll(async () => {
    await app.close();
    await sink.close();
  });

  const ask = (email: string) => app.anonymous.post('/identity/password_reset').send({ email }).expect(204);

  it('counts a mail once, however often it is tried, and issues nothing beyond the limit', async () => {
    const witness = new Witness();
    app.get(UserEvents).listen(witness);
    const { email, userId } = await app.signUp();
    await app.mailbox.settled();
    sink.answers = [451, 451, 451];
    await ask(email);
    for (const tries of [1, 2, 3]) {
      await failed(app, email, tries);
      await tryAgain(app);
    }
    await app.mailbox.settled();
    for (let more = 0; more < 3; more += 1) await ask(email);
    await app.mailbox.settled();
    expect(sink.to(email)).toHaveLength(1 + 3);
    const tokens = await app.query(
      "SELECT 1 FROM authentication.one_time_tokens WHERE user_id = $1 AND purpose = 'password_reset'",
      [userId],
    );
    expect(tokens).toHaveLength(3);
    expect(witness.requestsOf(userId)).toBe(3);
  });

  it('counts nothing for an address without an account', async () => {
    const email = app.newEmail();
    for (let asked = 0; asked < 4; asked += 1) {
      await app.anonymous.post('/identity/email_verification').send({ email }).expect(204);
    }
    await app.mailbox.settled();
    await app.signUp(email);
    await app.mailbox.settled();
    expect(sink.to(email)).toHaveLength(1);
  });
});
