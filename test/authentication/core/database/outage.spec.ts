import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { Database } from '../../../../src/authentication/core/database/database.js';
import {
  DevelopmentMailbox,
  type KeptMail,
} from '../../../../src/authentication/core/mail/development-mailbox.js';
import { MailTransport } from '../../../../src/authentication/core/mail/mail.js';
import {
  isEmbedded,
  PASSWORD,
  startApplication,
  testDatabase,
  type TestApplication,
} from '../../../support/application.js';
import { Log } from '../../../support/log.js';
import { until } from '../../../support/until.js';
import { Wire } from '../../../support/wire.js';

/** Milliseconds: the 2 seconds of the contract, and one more for a busy machine. */
const TWO_SECONDS = 2000 + 1000;

interface Answer {
  status: number;
  body: unknown;
  ms: number;
}

async function timed(request: PromiseLike<{ status: number; body: unknown }>): Promise<Answer> {
  const began = Date.now();
  const { status, body } = await request;
  return { status, body, ms: Date.now() - began };
}

function expectUnavailable({ status, body, ms }: Answer): void {
  expect({ status, body }).toMatchObject({ status: 503, body: { status: 503, code: 'unavailable' } });
  expect(ms).toBeLessThan(TWO_SECONDS);
}

function sentMails(app: TestApplication): readonly KeptMail[] {
  const transport = app.get(MailTransport);
  return transport instanceof DevelopmentMailbox ? transport.list() : [];
}

function requests(app: TestApplication, email: string, token: string) {
  return [
    () => app.as(token).get('/me'),
    () => app.anonymous.post('/sign_in').send({ email, password: PASSWORD }),
    () =>
      app.anonymous
        .post('/sign_up')
        .send({ email: app.newEmail(), password: PASSWORD, password_confirmation: PASSWORD }),
    () => app.anonymous.post('/identity/password_reset').send({ email }),
    () => app.anonymous.put('/identity/email_verification').send({ email, token }),
  ];
}

describe('a pool that is exhausted', () => {
  it('leads to 503 unavailable within 2 seconds, and requests succeed again when a connection is free', async () => {
    const app = await startApplication();
    const log = Log.of(app);
    const { email, token } = await app.person();
    await app.mailbox.settled();
    const { pool } = app.get(Database);
    const held = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
    const answers = await Promise.all(requests(app, email, token).map((send) => timed(send())));
    for (const client of held) client.release();
    for (const answer of answers) expectUnavailable(answer);
    expect(log.entries('database_unavailable').length).toBeGreaterThan(0);
    expect(log.entries('internal_error')).toEqual([]);
    await app.as(token).get('/me').expect(200);
    await app.signIn(email);
    await app.close();
  });
});

// The embedded database runs in this process, so it can always be reached.
if (!isEmbedded()) {
  describe('a database that cannot be reached', () => {
    let wire: Wire;
    let app: TestApplication;

    beforeAll(async () => {
      const url = new URL((testDatabase() as { url: string }).url);
      wire = await Wire.to(url.hostname, Number(url.port === '' ? 5432 : url.port));
      url.host = `127.0.0.1:${wire.port}`;
      app = await startApplication({ database: { url: url.href, poolSize: 4 } });
    });
    afterAll(async () => {
      await app.close();
      await wire.close();
    });

    it('leads to 503 unavailable within 2 seconds, and the server needs no restart', async () => {
      const log = Log.of(app);
      const { email, token } = await app.person();
      await app.mailbox.settled();
      const mend = await wire.cut();
      for (const send of requests(app, email, token)) expectUnavailable(await timed(send()));
      await mend();
      await until(async () => (await app.as(token).get('/me')).status === 200);
      const { email: next } = await app.signUp();
      await app.mailbox.linkTo(next);
      expect(log.entries('internal_error')).toEqual([]);
    });
  });

  describe('a database that closes random connections under load', () => {
    it('causes no other failures than 503, and the process keeps running', async () => {
      const app = await startApplication();
      const log = Log.of(app);
      const { email, token } = await app.person();
      const killer = new pg.Client({ connectionString: (testDatabase() as { url: string }).url });
      await killer.connect();
      const statuses = new Map<number, number>();
      let over = false;
      const load = Array.from({ length: 6 }, async (_, worker) => {
        for (let sent = worker; !over; sent += 1) {
          const all = requests(app, email, token);
          const { status } = await (all[sent % all.length] ?? all[0])!();
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      });
      for (let kills = 0; kills < 30; kills += 1) {
        await killer.query(
          `SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 2) victims`,
        );
        await pause(50);
      }
      over = true;
      await Promise.all(load);
      await killer.end();
      expect(log.entries('internal_error')).toEqual([]);
      expect([...statuses.keys()].filter((status) => ![200, 201, 204, 400, 503].includes(status))).toEqual(
        [],
      );
      expect(statuses.get(200)).toBeGreaterThan(0);
      await until(async () => (await app.as(token).get('/me')).status === 200);
      const { email: next } = await app.signUp();
      await until(() => sentMails(app).some(({ to }) => to === next));
      await app.close();
    });
  });
}
