import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letQueueTimePass } from '../../../support/clock.js';
import { SmtpSink } from '../../../support/smtp.js';
import { until } from '../../../support/until.js';

describe('The address of a person without an account', () => {
  let app: TestApplication;
  let sink: SmtpSink;

  beforeAll(async () => {
    sink = await SmtpSink.listen();
    app = await start();
  });
  afterAll(async () => {
    await app.close();
    await sink.close();
  });

  const start = () => startApplication({ variables: { SMTP_URL: sink.url } });

  /** The tables of ours and of the queue in which a column contains the text. */
  async function tablesWith(text: string): Promise<string[]> {
    const tables = await app.query<{ name: string }>(
      `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname IN ('authentication', 'authentication_jobs') AND c.relkind IN ('r', 'p') ORDER BY name`,
    );
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'authentication.users',
        'authentication_jobs.archive',
        'authentication_jobs.job',
      ]),
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await app.query(`SELECT 1 FROM ${name} t WHERE t::text LIKE $1`, [`%${text}%`]);
      if (rows.length > 0) found.push(name);
    }
    return found;
  }

  const remove = (token: string) =>
    app.as(token).delete('/me').send({ current_password: PASSWORD }).expect(204);

  it('is in no table after the requests for mails to it were worked off', async () => {
    const stranger = app.newEmail();
    for (const path of ['password_reset', 'email_verification']) {
      await app.anonymous.post(`/identity/${path}`).send({ email: stranger }).expect(204);
    }
    await app.mailbox.settled();
    expect(await tablesWith(stranger)).toEqual([]);
  });

  it('is in no table when its user was deleted after mails of every kind', async () => {
    const { email, token } = await app.person();
    await until(() => sink.to(email).length === 1);
    await app.markVerified(email);
    const wanted = app.newEmail();
    const change = { current_password: PASSWORD, email: wanted };
    await app.as(token).put('/identity/email').send(change).expect(200);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    await app.anonymous.post('/sign_in').send({ email, password: 'not the password' }).expect(401);
    await app.mailbox.settled();
    expect(await tablesWith(email)).toContain('authentication.users');
    await remove(token);
    expect(await tablesWith(email)).toEqual([]);
    expect(await tablesWith(wanted)).toEqual([]);
  });

  it('is in no table when its user was deleted while mails waited or could not be delivered', async () => {
    sink.answers = [550];
    const { email, token } = await app.person();
    await until(async () => (await tablesWith('undeliverable')).length > 0);
    const wanted = app.newEmail();
    sink.answers = [451, 451];
    await app
      .as(token)
      .put('/identity/email')
      .send({ current_password: PASSWORD, email: wanted })
      .expect(200);
    await until(async () => (await tablesWith(wanted)).includes('authentication_jobs.job'));
    await remove(token);
    await app.mailbox.settled();
    expect(await tablesWith(email)).toEqual([]);
    expect(await tablesWith(wanted)).toEqual([]);
  });

  it('is kept for seven days when a mail to it could not be delivered, for the operator', async () => {
    sink.answers = [550];
    const { email } = await app.signUp();
    const kept = () =>
      app.query<{ keep: string }>(
        `SELECT extract(day FROM keep_until - created_on)::text AS keep FROM authentication_jobs.job
         WHERE name = 'undeliverable-mails' AND data ->> 'address' = $1`,
        [email],
      );
    await until(async () => (await kept()).length > 0);
    expect(await kept()).toEqual([{ keep: '7' }]);
    await letQueueTimePass(app, '8 days');
    // The queue removes what has passed when it starts, and every 15 seconds: first into its archive.
    await app.close();
    app = await start();
    await app.query("UPDATE authentication_jobs.archive SET archived_on = now() - interval '2 minutes'");
    await app.close();
    app = await start();
    expect(await kept()).toEqual([]);
    expect((await tablesWith(email)).filter((name) => name.startsWith('authentication_jobs'))).toEqual([]);
  });
});
