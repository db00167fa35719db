import { digestOf, newSecret } from '../../../../src/authentication/core/tokens/secret.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { RESET_MAIL } from '../../../support/texts.js';

describe('a secret', () => {
  it('is 256 random bits: 10,000 secrets are all different (ASVS 7.2.3)', () => {
    const secrets = Array.from({ length: 10_000 }, newSecret);
    expect(new Set(secrets).size).toBe(10_000);
    for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/);
    const prefixes = new Set(secrets.map((secret) => secret.slice(0, 8)));
    expect(prefixes.size).toBe(10_000);
  });
});

describe('secrets at rest', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  it('are in no row of any table, in any encoding (ASVS 7.2.3, 11.4.2)', async () => {
    const { secrets } = await someLife();
    const rows = await everyRow();
    expect(rows).toContain('$argon2id$');
    for (const secret of secrets) {
      const bytes = Buffer.from(secret, 'base64url');
      const text = Buffer.from(secret);
      for (const form of [secret, bytes.toString('hex'), text.toString('hex'), text.toString('base64')]) {
        expect([form, rows.includes(form)]).toEqual([form, false]);
      }
    }
  });

  it('are stored as digests, which no answer contains (ASVS 15.3.1)', async () => {
    const { secrets, answers } = await someLife();
    const rows = await everyRow();
    const [session] = secrets;
    expect(rows).toContain(digestOf(session!).toString('hex'));
    for (const answer of answers) expect(answer).not.toMatch(/argon2|digest|password_hash/i);
    const all = answers.join('\n');
    for (const secret of secrets) {
      expect(all).not.toContain(secret);
      for (const encoding of ['hex', 'base64', 'base64url'] as const) {
        expect(all).not.toContain(digestOf(secret).toString(encoding));
      }
    }
  });

  /** A sign-up, a sign-in, a renewal and every kind of mailed link. @returns their secrets, and the answers' bodies */
  async function someLife(): Promise<{ secrets: string[]; answers: string[] }> {
    const { email } = await app.signUp();
    const verification = await app.mailbox.tokenTo(email);
    const signIn = await app.anonymous.post('/sign_in').send({ email, password: PASSWORD }).expect(201);
    const first = String(signIn.headers['x-session-token']);
    const renewal = await app.as(first).post('/sessions/current/renewal').expect(201);
    const token = String(renewal.headers['x-session-token']);
    const changed = app.newEmail();
    const change = await app
      .as(token)
      .put('/identity/email')
      .send({ current_password: PASSWORD, email: changed })
      .expect(200);
    const reset = await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const mailed = [await app.mailbox.tokenTo(changed), await app.mailbox.tokenTo(email, RESET_MAIL)];
    const reads = await Promise.all([
      app.as(token).get('/me'),
      app.as(token).get('/sessions'),
      app.as(token).get('/sessions/current'),
      app.as(first).get('/sessions'),
      app.anonymous.put('/identity/email_verification').send({ email, token: 'x' }),
      app.anonymous.post('/sign_in').send({ email, password: 'not the password' }),
    ]);
    return {
      secrets: [token, first, verification, ...mailed, PASSWORD],
      answers: [signIn, renewal, change, reset, ...reads].map(({ text }) => text),
    };
  }

  async function everyRow(): Promise<string> {
    const tables = await app.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    expect(tables.length).toBeGreaterThan(5);
    const texts: string[] = [];
    for (const { name } of tables) {
      const rows = await app.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      texts.push(...rows.map(({ row }) => row));
    }
    return texts.join('\n');
  }
});
