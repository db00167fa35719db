import type { Test } from 'supertest';
import { PASSWORD, startApplication, type TestApplication } from '../../support/application.js';
import { Log } from '../../support/log.js';
import { withMailsAtRest } from '../../support/mails-at-rest.js';

const WRONG = 'this is not the password';
const NEW_PASSWORD = 'another battery staple horse';
const VERIFICATION = '/identity/email_verification';
const RESET = '/identity/password_reset';

describe('No secret', () => {
  let app: TestApplication;
  let log: Log;
  /** every answer, with its headers but that of a session's token */
  const answers: string[] = [];
  const secrets: Record<string, string> = { password: PASSWORD, wrong: WRONG, next: NEW_PASSWORD };
  let queued: readonly string[];
  let stored: string;

  const client = (token?: string) =>
    app.as(token).use((test: Test) =>
      test.expect(({ text, headers }) => {
        const others = Object.entries(headers as object).filter(([name]) => name !== 'x-session-token');
        answers.push(JSON.stringify([text, others]));
      }),
    );

  beforeAll(async () => {
    app = await startApplication({ isDocumented: false });
    log = Log.of(app);
    const email = app.newEmail();
    const form = { email, password: PASSWORD, password_confirmation: PASSWORD };
    await client().post('/sign_up').send(form).expect(201);
    await client().post('/sign_up').send(form).expect(422);
    await client().post('/sign_in').send({ email, password: WRONG }).expect(401);
    const { headers } = await client().post('/sign_in').send({ email, password: PASSWORD }).expect(201);
    const token = (secrets['session'] = String(headers['x-session-token']));
    const verification = (secrets['verification'] = await app.mailbox.tokenAt(email, VERIFICATION));
    await client().put(VERIFICATION).send({ email, token: verification }).expect(204);
    await client().put(VERIFICATION).send({ email, token: verification }).expect(400);
    for (const path of ['/me', '/sessions', '/sessions/current']) await client(token).get(path).expect(200);
    await client(`${token}x`).get('/me').expect(401);
    await client(token).put('/password').send({ current_password: WRONG, password: NEW_PASSWORD });
    await client().post('/sign_in').set('Content-Type', 'application/json').send(`{"password":"${WRONG}`);
    await client().post(RESET).send({ email }).expect(204);
    const reset = (secrets['reset'] = await app.mailbox.tokenAt(email, RESET));
    await client()
      .put(RESET)
      .send({ token: reset, password: NEW_PASSWORD, password_confirmation: NEW_PASSWORD })
      .expect(200);
    await client(token).get('/me').expect(401);
    queued = await withMailsAtRest(app, async () => {
      const next = { ...form, email: app.newEmail() };
      await client().post('/sign_up').send(next).expect(201);
      await client().post(RESET).send({ email }).expect(204);
      return texts('authentication_jobs', ['job', 'archive']);
    });
    const tables = await app.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'authentication'",
    );
    stored = (
      await texts(
        'authentication',
        tables.map(({ name }) => name),
      )
    ).join('\n');
  });
  afterAll(() => app.close());

  /** The rows of these tables. */
  const texts = async (schema: string, tables: readonly string[]): Promise<string[]> => {
    const rows: string[] = [];
    for (const table of tables) {
      const found = await app.query<{ text: string }>(`SELECT t::text AS text FROM ${schema}.${table} t`);
      rows.push(...found.map(({ text }) => text));
    }
    return rows;
  };
  const namesIn = (text: string): string[] =>
    Object.entries(secrets).flatMap(([name, secret]) => (text.includes(secret) ? [name] : []));
  /** A password's digest, as the columns hold it. */
  const digests = async (): Promise<string[]> => {
    const rows = await app.query<{ digest: string }>(
      `SELECT password_digest AS digest FROM authentication.users
       UNION ALL SELECT encode(token_digest, 'hex') FROM authentication.sessions`,
    );
    return rows.map(({ digest }) => digest);
  };

  it('is in an answer, except the token of a new session in its header', async () => {
    expect(answers.length).toBeGreaterThan(15);
    const text = answers.join('\n');
    expect(namesIn(text)).toEqual([]);
    for (const digest of await digests()) expect(text).not.toContain(digest);
  });

  it('is in the log, nor a link or a digest (ASVS 14.2.1)', async () => {
    expect(log.lines.length).toBeGreaterThan(5);
    const text = log.lines.join('\n');
    expect(namesIn(text)).toEqual([]);
    for (const digest of await digests()) expect(text).not.toContain(digest);
    expect(text).not.toMatch(/argon2|token=/);
  });

  it('is in the queue of mails', () => {
    expect(queued.length).toBeGreaterThan(1);
    expect(namesIn(queued.join('\n'))).toEqual([]);
    expect(queued.join('\n')).not.toMatch(/token=/);
  });

  it('is stored in clear', () => {
    expect(stored).toContain('@example.com');
    expect(namesIn(stored)).toEqual([]);
  });
});
