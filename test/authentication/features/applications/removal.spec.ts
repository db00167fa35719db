import { ROOT_REALM_ID } from '../../../../src/authentication/core/realms/realm.js';
import { Sweeper } from '../../../../src/authentication/core/sweeping/sweeper.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letQueueTimePass, letTimePass } from '../../../support/clock.js';
import { SmtpSink } from '../../../support/smtp.js';
import { RESET_MAIL, VERIFICATION_MAIL } from '../../../support/texts.js';
import { until } from '../../../support/until.js';
import { Estate } from './estate.js';

const NEW = { password: 'four other words, quite new', password_confirmation: 'four other words, quite new' };

describe('A deleted application', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const sweep = () => app.get(Sweeper).sweep();

  async function count(table: string, condition = 'true'): Promise<number> {
    const [row] = await app.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM authentication.${table} WHERE ${condition}`,
    );
    return row!.count;
  }

  for (const [how, end] of [
    ['by itself', (estate: Estate, id: string) => estate.api.delete(`/applications/${id}`)],
    ['with its owner', (estate: Estate) => estate.api.delete('/me').send({ current_password: PASSWORD })],
  ] as const) {
    describe(how, () => {
      it('refuses sessions, sign-ins, sign-ups and mailed links immediately', async () => {
        const estate = await Estate.of(app);
        const shop = await estate.application();
        const { email, token } = await estate.person(shop);
        await estate.within(shop).post('/identity/password_reset').send({ email }).expect(204);
        const verification = await app.mailbox.tokenTo(email, VERIFICATION_MAIL);
        const reset = await app.mailbox.tokenTo(email, RESET_MAIL);
        await end(estate, shop.id).expect(204);
        for (const request of [
          estate.within(shop, token).get('/me'),
          estate.within(shop).post('/sign_in').send({ email, password: PASSWORD }),
          estate
            .within(shop)
            .post('/sign_up')
            .send({ email: app.newEmail(), ...NEW }),
          estate
            .within(shop)
            .put('/identity/password_reset')
            .send({ token: reset, ...NEW }),
        ]) {
          expect((await request.expect(401)).body).toMatchObject({ code: 'invalid_api_key' });
        }
        await app.as(token).get('/me').expect(401);
        for (const request of [
          app.anonymous.put('/identity/email_verification').send({ email, token: verification }),
          app.anonymous.get('/identity/email_verification').query({ email, token: verification }),
          app.anonymous.put('/identity/password_reset').send({ token: reset, ...NEW }),
          app.anonymous.get('/identity/password_reset').query({ token: reset }),
          app.anonymous
            .post('/identity/password_reset/completion')
            .type('form')
            .send({ token: reset, ...NEW }),
        ]) {
          await request.expect(400);
        }
        const rows = await app.query('SELECT verified FROM authentication.users WHERE email = $1', [email]);
        expect(rows).toEqual([{ verified: false }]);
      });

      it('has its users and all their rows swept in batches, while every other realm stays', async () => {
        const [estate, other] = [await Estate.of(app), await Estate.of(app)];
        const [shop, kept, expired] = [
          await estate.application(),
          await other.application(),
          await other.application({ expires_at: new Date(Date.now() + 60_000).toISOString() }),
        ];
        await estate.person(shop);
        const staying = await estate.person(kept);
        await estate.signUp(expired);
        await app.query(
          `INSERT INTO authentication.users (realm, email)
           SELECT r, 'user' || n || '@example.com' FROM unnest(ARRAY[$1, $2, $3]::uuid[]) r, generate_series(1, 450) n`,
          [shop.id, kept.id, expired.id],
        );
        await app.mailbox.settled();
        await app.query(
          `INSERT INTO authentication.sessions (user_id, token_digest)
           SELECT id, sha256(id::text::bytea) FROM authentication.users WHERE realm = $1`,
          [shop.id],
        );
        await letTimePass(app, '2 minutes');
        await end(estate, shop.id).expect(204);
        const roots = await count('users', `realm = '${ROOT_REALM_ID}'`);
        await sweep();
        expect(await count('users', `realm = '${shop.id}'`)).toBe(0);
        expect(await count('users', `realm = '${kept.id}'`)).toBe(451);
        expect(await count('users', `realm = '${expired.id}'`)).toBe(451);
        expect(await count('users', `realm = '${ROOT_REALM_ID}'`)).toBe(roots);
        await estate.within(kept, staying.token).get('/me').expect(200);
        await other.api.get('/me').expect(200);
        expect(await sweep()).toBe(0);
      });
    });
  }

  it('also has the user swept whom a sign-up at the same time created', async () => {
    await app.query('INSERT INTO authentication.users (realm, email) VALUES (gen_random_uuid(), $1)', [
      app.newEmail(),
    ]);
    expect(await sweep()).toBe(1);
  });

  it('leaves its addresses and its name free for another application', async () => {
    const estate = await Estate.of(app);
    const shop = await estate.application({ name: 'Again' });
    const email = await estate.signUp(shop);
    await estate.api.delete(`/applications/${shop.id}`).expect(204);
    const again = await estate.application({ name: 'Again' });
    expect(again.id).not.toBe(shop.id);
    await estate.signUp(again, email);
    await sweep();
    await estate.signIn(again, email);
  });

  it('sends none of its mails that wait in the queue, and forgets them at once', async () => {
    const sink = await SmtpSink.listen();
    const smtp = await startApplication({ variables: { SMTP_URL: sink.url } });
    const removals = [
      (estate: Estate, id: string) => estate.api.delete(`/applications/${id}`),
      (estate: Estate) => estate.api.delete('/me').send({ current_password: PASSWORD }),
    ];
    try {
      for (const remove of removals) {
        const estate = await Estate.of(smtp);
        const shop = await estate.application();
        await smtp.mailbox.settled();
        sink.answers = [451];
        const attempts = sink.attempts;
        const email = await estate.signUp(shop);
        const waiting = (condition = 'true') =>
          smtp.query(`SELECT 1 FROM authentication_jobs.job WHERE data::text LIKE $1 AND ${condition}`, [
            `%${email}%`,
          ]);
        await until(async () => (await waiting("state = 'retry'")).length === 1);
        await remove(estate, shop.id).expect(204);
        expect(await waiting()).toEqual([]);
        await letQueueTimePass(smtp, '1 hour');
        await smtp.mailbox.settled();
        expect(sink.to(email)).toEqual([]);
        expect(sink.attempts).toBe(attempts + 1);
      }
    } finally {
      await smtp.close();
      await sink.close();
    }
  });
});
