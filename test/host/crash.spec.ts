import { rmSync } from 'node:fs';
import request from 'supertest';
import { PARTS } from '../../src/config/parts.js';
import { PASSWORD } from '../support/application.js';
import { SmtpSink, textOf } from '../support/smtp.js';
import { until } from '../support/until.js';
import { databaseUrl, onDatabase, ServerProcess, temporaryDirectory } from './server-process.js';

const CLIENTS = 8;
const ACKNOWLEDGED = 40;
/** More where there is time: CI asks for some. */
const KILLS = Number(process.env['TEST_ROUNDS'] ?? 1);

/** Not where the owner has a transport of their own: what the server sends by SMTP is watched here. */
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

  it('every acknowledged user exists, and gets a mail whose link works', async () => {
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
    // The time of the killed workers' jobs is over.
    await onDatabase(
      url,
      directory,
      `UPDATE authentication_jobs.job SET started_on = started_on - interval '1 day', retry_delay = 0
       WHERE state = 'active'`,
    );

    const server = await ServerProcess.start({ directory, variables });
    for (const email of acknowledged) {
      const mails = await until(() => sink.to(email).length > 0 && sink.to(email));
      // A mail on its way at a kill comes again; its first link is dead then.
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

/** Clients that sign people up until the server is gone. */
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
