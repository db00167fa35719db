import { rmSync } from 'node:fs';
import request from 'supertest';
import { PARTS } from '../../src/config/parts.js';
import { PASSWORD } from '../support/application.js';
import { SmtpSink, textOf } from '../support/smtp.js';
import { until } from '../support/until.js';
import { databaseUrl, onDatabase, ServerProcess, temporaryDirectory } from './server-process.js';

const CLIENTS = 8;
const ACKNOWLEDGED = 40;
/** CI sets more rounds. */
const KILLS = Number(process.env['TEST_ROUNDS'] ?? 1);

/** Skipped if `PARTS` has another mail transport: this spec reads what the server sends by SMTP. */
const describeSmtp = PARTS.mail === undefined ? describe : describe.skip;

describeSmtp('kill -9 during a storm of sign-ups', () => {
  const directory = temporaryDirectory();
  let sink: SmtpSink;

  beforeAll(async () => {
    sink = await SmtpSink.listen();
  });
  afterAll(async () => {
    await sink.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('loses no user whose sign-up was answered, and no mail: the link in it works', async () => {
    const url = databaseUrl(directory);
    const variables = { DATABASE_URL: url, SMTP_URL: sink.url, LOG_LEVEL: 'silent' };
    const acknowledged: string[] = [];
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const server = await ServerProcess.start({ directory, variables });
      const storm = signUps(server.url, `kill${kill}`, acknowledged);
      await until(() => acknowledged.length >= kill * ACKNOWLEDGED);
      expect(await server.stop('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
      await storm;
    }
    // Lets the jobs of the killed workers time out.
    await onDatabase(
      url,
      directory,
      `UPDATE authentication_jobs.job SET started_on = started_on - interval '1 day', retry_delay = 0
       WHERE state = 'active'`,
    );

    const server = await ServerProcess.start({ directory, variables });
    for (const email of acknowledged) {
      const mails = await until(() => sink.to(email).length > 0 && sink.to(email));
      // A mail that was being sent at a kill is sent again, and the link of the first one no longer works.
      expect(mails.length).toBeLessThanOrEqual(1 + KILLS);
      const link = /https?:\S+/.exec(textOf(mails.at(-1)!))?.[0] ?? '';
      const token = new URL(link).searchParams.get('token');
      await request(server.url).put('/identity/email_verification').send({ email, token }).expect(204);
      await request(server.url).post('/sign_in').send({ email, password: PASSWORD }).expect(201);
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(KILLS * ACKNOWLEDGED);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  }, 120_000);
});

/** Clients that sign users up until the server is killed. */
async function signUps(url: string, name: string, acknowledged: string[]): Promise<void> {
  const run = async (client: number): Promise<void> => {
    for (let turn = 0; ; turn += 1) {
      const email = `${name}.${client}.${turn}@example.com`;
      const { status } = await request(url)
        .post('/sign_up')
        .send({ email, password: PASSWORD, password_confirmation: PASSWORD })
        .catch(() => ({ status: 0 }));
      if (status === 0) return;
      if (status === 201) acknowledged.push(email);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, client) => run(client)));
}
