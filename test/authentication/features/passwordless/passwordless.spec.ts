import { Database } from '../../../../src/authentication/core/database/database.js';
import { ROOT_REALM_ID } from '../../../../src/authentication/core/realms/realm.js';
import { Sweeper } from '../../../../src/authentication/core/sweeping/sweeper.js';
import { passwordlessEn } from '../../../../src/authentication/features/passwordless/passwordless.en.js';
import {
  isEmbedded,
  PASSWORD,
  startApplication,
  type TestApplication,
} from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';
import { overtaken } from '../../../support/overtaken.js';
import { DEAD_LINK, patternOf, readable, RESET_MAIL, said } from '../../../support/texts.js';
import { until } from '../../../support/until.js';

const PATH = '/sessions/passwordless';
const RESET = '/identity/password_reset';
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const NEW_PASSWORD = 'four other words, quite new';
const NEW = { password: NEW_PASSWORD, password_confirmation: NEW_PASSWORD };
const WRONG = '22222222';
const SIGN_IN_MAIL = patternOf(passwordlessEn['passwordless.mail.subject']);
const CONFIRMS = said(passwordlessEn['passwordless.mail.confirms']);

interface Mailed {
  token: string;
  code: string;
}

describe('sessions/passwordless', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const ask = (email: string) => app.anonymous.post(PATH).send({ email });
  const signIn = (body: object) => app.anonymous.put(PATH).send(body);
  const statusOf = async (body: object) => (await signIn(body)).status;
  /** The token and the code in the newest sign-in mail. */
  const newest = async (email: string): Promise<Mailed> => {
    const [mail] = await app.mailbox.to(email, SIGN_IN_MAIL);
    const [, token = ''] = /token=([\w-]+)/.exec(mail?.text ?? '') ?? [];
    const [code = ''] = /^[0-9A-Z]{8}$/m.exec(mail?.text ?? '') ?? [];
    return { token, code };
  };
  const mailedTo = async (email: string): Promise<Mailed> => {
    await ask(email).expect(204);
    return newest(email);
  };
  const verified = () => app.person({ verified: true });
  const tryPassword = async (email: string, password = PASSWORD) =>
    (await app.anonymous.post('/sign_in').send({ email, password })).status;
  const sessionsOf = (userId: number) =>
    app.query('SELECT id FROM authentication.sessions WHERE user_id = $1', [userId]);
  const codesOf = (userId: number) =>
    app.query<{ failures_before: number }>(
      'SELECT failures_before FROM authentication.passwordless_codes WHERE user_id = $1 ORDER BY 1',
      [userId],
    );

  describe('POST', () => {
    it('answers in the same way for any address, known or unknown, and mails no unknown one (ASVS 6.3.8)', async () => {
      const known = await verified();
      const unverified = await app.signUp();
      const suspended = await verified();
      await app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [
        suspended.userId,
      ]);
      const unknown = app.newEmail();
      const answers: unknown[] = [];
      for (const email of [known.email, unverified.email, suspended.email, unknown]) {
        const { status, headers, text } = await ask(email);
        answers.push({ status, text, headers: Object.keys(headers).sort() });
      }
      expect(answers[0]).toMatchObject({ status: 204, text: '' });
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      for (const { email } of [known, unverified, suspended]) {
        expect((await newest(email)).token).toMatch(/^[\w-]{43}$/);
      }
      expect(await app.mailbox.to(unknown)).toEqual([]);
    });

    it('accepts any spelling of the address, and mails its canonical form', async () => {
      const { email } = await verified();
      await ask(` ${email.toUpperCase()} `).expect(204);
      expect((await newest(email)).code).not.toBe('');
    });

    it('refuses an invalid address, and names missing fields', async () => {
      const { body } = await ask('nobody').expect(422);
      expect(body).toMatchObject({ code: 'wrong_parameters', errors: [{ field: 'email', code: 'invalid' }] });
      const missing = await app.anonymous.post(PATH).expect(422);
      expect(missing.body).toMatchObject({
        code: 'missing_parameters',
        errors: [{ field: 'email', code: 'missing' }],
      });
    });

    it('does not change the password or the sessions', async () => {
      for (const person of [await verified(), await app.person()]) {
        await mailedTo(person.email);
        await app.as(person.token).get('/me').expect(200);
        expect(await tryPassword(person.email)).toBe(201);
      }
    });
  });

  describe('the mail', () => {
    it('has a link and, on its own line, a code of 8 characters that do not look alike', async () => {
      const { email } = await verified();
      const { token, code } = await mailedTo(email);
      expect(Buffer.from(token, 'base64url')).toHaveLength(32);
      expect(code).toMatch(/^[2-9A-HJKMNP-Z]{8}$/);
      const link = await app.mailbox.linkTo(email, SIGN_IN_MAIL);
      expect(link.href).toBe(`http://app.test${PATH}?token=${token}`);
      const [mail] = await app.mailbox.to(email);
      expect(mail?.subject).toBe(said(passwordlessEn['passwordless.mail.subject'], { app: 'Acme' }));
      expect(mail?.html).toContain(`>${code}</p>`);
      const lifetime = said(passwordlessEn['passwordless.mail.lifetime']);
      const notYou = said(passwordlessEn['passwordless.mail.not_you']);
      for (const form of [mail!.text, mail!.html].map(readable)) {
        for (const part of [email, 'Acme', lifetime, '127.0.0.1', notYou]) expect(form).toContain(part);
        expect(form).not.toContain(CONFIRMS);
      }
      expect(mail?.subject).not.toContain(code);
    });

    it('says that signing in also confirms an address that was never confirmed', async () => {
      const { email } = await app.signUp();
      await mailedTo(email);
      const [mail] = await app.mailbox.to(email);
      expect(readable(mail!.text)).toContain(CONFIRMS);
    });

    it('has a new link and a new code each time', async () => {
      const { email } = await verified();
      for (let count = 0; count < 5; count += 1) await ask(email).expect(204);
      const texts = (await app.mailbox.to(email)).map(({ text }) => text);
      const codes = texts.flatMap((text) => /^[0-9A-Z]{8}$/m.exec(text) ?? []);
      expect(new Set(codes).size).toBe(5);
    });

    it('is the only place of its secrets: the tables have digests, and the queue has nothing', async () => {
      const { email, userId } = await verified();
      const { token, code } = await mailedTo(email);
      const dumps = await Promise.all(
        [
          'authentication.one_time_tokens',
          'authentication.passwordless_codes',
          'authentication_jobs.job',
        ].map((table) => app.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t`)),
      );
      const text = dumps
        .flat()
        .map(({ row }) => row)
        .join('\n');
      expect(text).not.toContain(token);
      expect(text).not.toContain(code);
      const rows = await app.query<{ digest: string }>(
        "SELECT encode(code_digest, 'hex') AS digest FROM authentication.passwordless_codes WHERE user_id = $1",
        [userId],
      );
      const plain = await app.query<{ digest: string }>("SELECT encode(sha256($1::bytea), 'hex') AS digest", [
        Buffer.from(code),
      ]);
      expect(rows).toHaveLength(1);
      expect(rows).not.toEqual(plain);
    });
  });

  describe('GET', () => {
    const show = (query: object) => app.anonymous.get(PATH).query(query);

    it('shows a page that says to go back and type the code', async () => {
      const { email } = await verified();
      const { token, code } = await mailedTo(email);
      const { text, headers } = await show({ token }).set('Accept', BROWSER).expect(200);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['referrer-policy']).toBe('strict-origin');
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['x-session-token']).toBeUndefined();
      expect(readable(text)).toContain(said(passwordlessEn['passwordless.page.title']));
      for (const secret of [token, code, email]) expect(text).not.toContain(secret);
    });

    it('consumes nothing and starts no session, for any client (supabase/auth#713)', async () => {
      const { email, userId } = await verified();
      const { token } = await mailedTo(email);
      for (const accept of [BROWSER, '*/*', 'application/json']) {
        await show({ token }).set('Accept', accept).expect(200);
        await app.anonymous.head(PATH).query({ token }).set('Accept', accept).expect(200);
      }
      await show({ token }).set('Content-Type', 'application/json').expect(200);
      expect(await sessionsOf(userId)).toHaveLength(1);
      await signIn({ token }).expect(201);
    });

    it('answers an invalid link with a page, or with a problem when the client accepts JSON', async () => {
      const { email } = await verified();
      const { token: used } = await mailedTo(email);
      await signIn({ token: used }).expect(201);
      for (const query of [{ token: used }, { token: 'made-up' }, { token: '' }, {}]) {
        const page = await show(query).set('Accept', BROWSER).expect(400);
        expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
        expect(readable(page.text)).toContain(DEAD_LINK);
        const { body } = await show(query).set('Accept', 'application/json').expect(400);
        expect(body).toMatchObject({ code: 'invalid_token' });
      }
    });
  });

  describe('PUT', () => {
    it('starts a session for the token', async () => {
      const person = await verified();
      const { token } = await mailedTo(person.email);
      const { body, headers } = await signIn({ token }).expect(201);
      expect(body).toMatchObject({ user_id: person.userId, current: true });
      const bearer = app.as(headers['x-session-token']);
      expect((await bearer.get('/me').expect(200)).body).toMatchObject({ email: person.email });
      await app.as(person.token).get('/me').expect(200);
      expect(await tryPassword(person.email)).toBe(201);
    });

    it('starts a session for an address and its code', async () => {
      const { email, userId } = await verified();
      const { code } = await mailedTo(email);
      const { body, headers } = await signIn({ email, code }).expect(201);
      expect(body).toMatchObject({ user_id: userId, current: true });
      await app.as(headers['x-session-token']).get('/me').expect(200);
    });

    it('accepts a code in any case, with spaces and dashes, and an address in any spelling', async () => {
      const { email } = await verified();
      const spellings = [
        (code: string) => code.toLowerCase(),
        (code: string) => ` ${code.slice(0, 4)} ${code.slice(4)}\n`,
        (code: string) => `${code.slice(0, 4)}-${code.slice(4)}`.toLowerCase(),
        (code: string) => [...code].join('\u2013'),
      ];
      for (const spell of spellings) {
        const { code } = await mailedTo(email);
        await signIn({ email: ` ${email.toUpperCase()}`, code: spell(code) }).expect(201);
      }
    });

    it('works once (ASVS 6.5.1), by link or by code', async () => {
      const { email } = await verified();
      const [first, second] = [await mailedTo(email), await mailedTo(email)];
      await signIn({ token: first.token }).expect(201);
      const { body } = await signIn({ token: first.token }).expect(400);
      expect(body).toMatchObject({ code: 'invalid_token' });
      await signIn({ email, code: first.code }).expect(400);
      await signIn({ email, code: second.code }).expect(201);
      await signIn({ email, code: second.code }).expect(400);
      await signIn({ token: second.token }).expect(400);
    });

    it('works once for 20 requests at the same time, by link and by code', async () => {
      const { email, userId } = await verified();
      const bodies: ((mailed: Mailed) => object)[] = [
        ({ token }) => ({ token }),
        ({ code }) => ({ email, code }),
        ({ token, code }) => (Math.random() < 0.5 ? { token } : { email, code }),
      ];
      for (const [index, body] of bodies.entries()) {
        const mailed = await mailedTo(email);
        const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf(body(mailed))));
        expect([...statuses].sort()).toEqual([201, ...Array<number>(19).fill(400)]);
        expect(await sessionsOf(userId)).toHaveLength(index + 2);
      }
    });

    it('accepts a link and a code for 10 minutes (ASVS 6.5.5), by the clock of the database', async () => {
      const people = [await verified(), await verified()] as const;
      const [early, late] = [await mailedTo(people[0].email), await mailedTo(people[1].email)];
      await letTimePass(app, '9 minutes 50 seconds');
      await signIn({ email: people[0].email, code: early.code }).expect(201);
      await letTimePass(app, '10 seconds');
      await signIn({ email: people[1].email, code: late.code }).expect(400);
      await signIn({ token: late.token }).expect(400);
      await app.anonymous.get(PATH).query({ token: late.token }).expect(400);
    });

    it('refuses tokens of other purposes, and its token is refused for them (ASVS 6.6.2)', async () => {
      const { email } = await app.signUp();
      const verification = await app.mailbox.tokenTo(email);
      await signIn({ token: verification }).expect(400);
      const { token } = await mailedTo(email);
      await app.as(token).get('/me').expect(401);
      await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(400);
      await app.anonymous
        .put(RESET)
        .send({ token, ...NEW })
        .expect(400);
      await signIn({ token }).expect(201);
    });

    it('gives the same answer to a wrong code, an unknown address and a known address without a code', async () => {
      const [person, unasked] = [await verified(), await verified()];
      await mailedTo(person.email);
      const answers: object[] = [];
      for (const email of [person.email, unasked.email, app.newEmail()]) {
        const { status, body, headers } = await signIn({ email, code: WRONG });
        answers.push({ status, body, headers: Object.keys(headers).sort() });
      }
      expect(answers[0]).toMatchObject({ status: 400, body: { code: 'invalid_token' } });
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    });

    it('accepts a code only from the user that it was mailed to', async () => {
      const [ada, bob] = [await verified(), await verified()];
      const { code } = await mailedTo(ada.email);
      await mailedTo(bob.email);
      await signIn({ email: bob.email, code }).expect(400);
      await signIn({ email: ada.email, code }).expect(201);
    });

    it('refuses a code after five failures (ASVS 6.6.3), but still accepts its link', async () => {
      const { email } = await verified();
      const [four, five] = [await mailedTo(email), await verified()];
      for (let failure = 0; failure < 4; failure += 1) await signIn({ email, code: WRONG }).expect(400);
      await signIn({ email, code: four.code }).expect(201);
      const { token, code } = await mailedTo(five.email);
      for (let failure = 0; failure < 5; failure += 1)
        await signIn({ email: five.email, code: WRONG }).expect(400);
      await signIn({ email: five.email, code }).expect(400);
      await signIn({ token }).expect(201);
    });

    it('counts a failure against every live code of the user, and of no other user', async () => {
      const [ada, bob] = [await verified(), await verified()];
      const codes = [await mailedTo(ada.email), await mailedTo(ada.email)];
      const other = await mailedTo(bob.email);
      for (let failure = 0; failure < 5; failure += 1)
        await signIn({ email: ada.email, code: `${WRONG}${failure}` }).expect(400);
      for (const { code } of codes) await signIn({ email: ada.email, code }).expect(400);
      await signIn({ email: bob.email, code: other.code }).expect(201);
      const fresh = await mailedTo(ada.email);
      await signIn({ email: ada.email, code: fresh.code }).expect(201);
    });

    it('counts 20 guesses at the same time as 20', async () => {
      const { email, userId } = await verified();
      const { code } = await mailedTo(email);
      const guesses = Array.from({ length: 20 }, () => statusOf({ email, code: WRONG }));
      expect(await Promise.all(guesses)).toEqual(Array<number>(20).fill(400));
      await mailedTo(email);
      expect(await codesOf(userId)).toEqual([{ failures_before: 0 }, { failures_before: 20 }]);
      await signIn({ email, code }).expect(400);
    });

    it('gives no further guesses when the count of an hour ago is deleted while the code lives', async () => {
      const { email } = await verified();
      const guess = () => signIn({ email, code: WRONG }).expect(400);
      for (let failure = 0; failure < 5; failure += 1) await guess();
      await letTimePass(app, '55 minutes');
      const { code } = await mailedTo(email);
      await letTimePass(app, '8 minutes');
      await app.get(Sweeper).sweep();
      for (let failure = 0; failure < 5; failure += 1) await guess();
      await signIn({ email, code }).expect(400);
    });

    // The embedded database has one connection, so its transactions always run one after another.
    if (!isEmbedded()) {
      it('runs the tries of one address one after another, for known and unknown addresses (ASVS 6.3.8)', async () => {
        const addresses = [(await verified()).email, app.newEmail()];
        const holder = await app.get(Database).pool.connect();
        await holder.query('BEGIN');
        for (const email of addresses) {
          await holder.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
            `passwordless ${ROOT_REALM_ID} ${email}`,
          ]);
        }
        const asked = Promise.all(addresses.map((email) => statusOf({ email, code: WRONG })));
        await until(async () => {
          const waiting = await app.query(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()",
          );
          return waiting.length === addresses.length;
        });
        await holder.query('COMMIT');
        holder.release();
        expect(await asked).toEqual([400, 400]);
      });
    }

    it('accepts one of two shapes, and names missing fields', async () => {
      const { email } = await verified();
      const { token, code } = await mailedTo(email);
      const missing = (...fields: string[]) => ({
        code: 'missing_parameters',
        errors: fields.map((field) => ({ field, code: 'missing' })),
      });
      const unknown = (...fields: string[]) => ({
        code: 'wrong_parameters',
        errors: fields.map((field) => ({ field, code: 'unknown' })),
      });
      const cases: [body: object, problem: object][] = [
        [{}, missing('token', 'email', 'code')],
        [{ token: '', email: null }, missing('token', 'email', 'code')],
        [{ email }, missing('code')],
        [{ email, code: '' }, missing('code')],
        [{ code }, missing('email')],
        [{ token, email }, unknown('email')],
        [{ token, code }, unknown('code')],
        [{ token, email, code }, unknown('email', 'code')],
        [{ token, password: PASSWORD }, unknown('password')],
      ];
      for (const [body, problem] of cases) {
        expect((await signIn(body).expect(422)).body).toMatchObject(problem);
      }
      for (const body of [
        { token: 1 },
        { token: [token] },
        { email, code: 12345678 },
        { email: 'x', code },
      ]) {
        expect((await signIn(body).expect(422)).body).toMatchObject({ code: 'wrong_parameters' });
      }
      await signIn({ token, email: '', code: null }).expect(201);
    });

    it('accepts only JSON', async () => {
      const { email } = await verified();
      const { token } = await mailedTo(email);
      await app.anonymous.put(PATH).type('form').send({ token }).expect(415);
      await signIn({ token }).expect(201);
    });

    it('starts no session that survives the end of all sessions right after it', async () => {
      const { email, token: own, userId } = await verified();
      for (const proofOf of [({ token }: Mailed) => ({ token }), ({ code }: Mailed) => ({ email, code })]) {
        const proof = proofOf(await mailedTo(email));
        const api = app.as(own);
        const [answer, ended] = await overtaken(app, userId, [
          () => signIn(proof),
          () => api.delete('/sessions/others'),
        ]);
        expect(ended?.status).toBe(204);
        expect(answer?.status).toBe(201);
        await app.as(answer?.headers['x-session-token']).get('/me').expect(401);
      }
    });

    it('answers 403 to a suspended user', async () => {
      const [before, after] = [await verified(), await verified()];
      const suspend = ({ userId }: { userId: number }) =>
        app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [userId]);
      const { token } = await mailedTo(before.email);
      await suspend(before);
      await suspend(after);
      const { code } = await mailedTo(after.email);
      for (const proof of [{ token }, { email: after.email, code }]) {
        const { body, headers } = await signIn(proof).expect(403);
        expect(body).toMatchObject({ code: 'account_suspended' });
        expect(headers['x-session-token']).toBeUndefined();
        await signIn(proof).expect(400);
      }
    });

    it('signs in a user who has no password', async () => {
      const { email, userId } = await verified();
      await app.query('UPDATE authentication.users SET password_digest = NULL WHERE id = $1', [userId]);
      await signIn({ token: (await mailedTo(email)).token }).expect(201);
    });
  });

  describe('the mailed link and code end', () => {
    const mustBeDead = async (email: string, { token, code }: Mailed) => {
      await app.anonymous.get(PATH).query({ token }).expect(400);
      await signIn({ token }).expect(400);
      await signIn({ email, code }).expect(400);
    };

    it('with a changed password', async () => {
      const { email, token } = await verified();
      const mailed = await mailedTo(email);
      const body = { current_password: PASSWORD, ...NEW };
      await app.as(token).put('/password').send(body).expect(200);
      await mustBeDead(email, mailed);
    });

    it('with a password reset', async () => {
      const { email } = await verified();
      const mailed = await mailedTo(email);
      await app.anonymous.post(RESET).send({ email }).expect(204);
      const token = await app.mailbox.tokenTo(email, RESET_MAIL);
      await app.anonymous
        .put(RESET)
        .send({ token, ...NEW })
        .expect(200);
      await mustBeDead(email, mailed);
    });

    it('with DELETE /sessions, but not when only some sessions end', async () => {
      const person = await verified();
      const other = await app.signIn(person.email);
      const mailed = await mailedTo(person.email);
      await app.as(other.token).delete('/sessions/current').expect(204);
      await app.as(person.token).delete('/sessions/others').expect(204);
      await app.anonymous.get(PATH).query({ token: mailed.token }).expect(200);
      await app.as(person.token).delete('/sessions').expect(204);
      await mustBeDead(person.email, mailed);
    });

    it('with DELETE /sessions, which does not end other mailed links', async () => {
      const person = await verified();
      await app.anonymous.post(RESET).send({ email: person.email }).expect(204);
      const token = await app.mailbox.tokenTo(person.email, RESET_MAIL);
      await app.as(person.token).delete('/sessions').expect(204);
      await app.anonymous.get(RESET).query({ token }).expect(200);
    });

    it('with a change of the address that they were sent to', async () => {
      const person = await verified();
      const mailed = await mailedTo(person.email);
      const email = app.newEmail();
      const change = { current_password: PASSWORD, email };
      await app.as(person.token).put('/identity/email').send(change).expect(200);
      await app.anonymous.get(PATH).query({ token: mailed.token }).expect(200);
      const token = await app.mailbox.tokenTo(email);
      await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(204);
      await mustBeDead(person.email, mailed);
      await signIn({ email, code: mailed.code }).expect(400);
    });

    it('with a change of the address, even if they were issued at the last moment', async () => {
      const person = await verified();
      const mailed = await mailedTo(person.email);
      const email = app.newEmail();
      await app.query('UPDATE authentication.users SET email = $2 WHERE id = $1', [person.userId, email]);
      await signIn({ token: mailed.token }).expect(400);
      await signIn({ email, code: mailed.code }).expect(400);
      await signIn({ email: person.email, code: mailed.code }).expect(400);
      expect(await sessionsOf(person.userId)).toHaveLength(1);
    });

    it('with the account', async () => {
      const { email, token, userId } = await verified();
      const mailed = await mailedTo(email);
      await app.as(token).delete('/me').send({ current_password: PASSWORD }).expect(204);
      await mustBeDead(email, mailed);
      expect(await codesOf(userId)).toEqual([]);
    });
  });

  describe('an address that was never verified', () => {
    const proofs: Record<string, (email: string, mailed: Mailed) => object> = {
      'the link': (_, { token }) => ({ token }),
      'the code': (email, { code }) => ({ email, code }),
    };

    for (const [name, proofOf] of Object.entries(proofs)) {
      it(`is confirmed by ${name}, which removes what an attacker set up who registered it (pre-hijacking)`, async () => {
        const [victim, attackersOwn] = [app.newEmail(), app.newEmail()];
        await app.signUp(victim);
        const attacker = await app.signIn(victim);
        const verification = await app.mailbox.tokenTo(victim);
        await app.anonymous.post(RESET).send({ email: victim }).expect(204);
        const reset = await app.mailbox.tokenTo(victim, RESET_MAIL);
        await app
          .as(attacker.token)
          .put('/identity/email')
          .send({ current_password: PASSWORD, email: attackersOwn })
          .expect(200);
        const waiting = await app.mailbox.tokenTo(attackersOwn);
        const earlier = await mailedTo(victim);
        const { body, headers } = await signIn(proofOf(victim, await mailedTo(victim))).expect(201);
        const me = await app.as(headers['x-session-token']).get('/me').expect(200);
        expect(me.body).toMatchObject({ email: victim, verified: true, unconfirmed_email: null });
        expect(await sessionsOf(attacker.userId)).toEqual([{ id: String((body as { id: number }).id) }]);
        await app.as(attacker.token).get('/me').expect(401);
        await app.as(attacker.token).post('/sessions/current/renewal').expect(401);
        expect(await tryPassword(victim)).toBe(401);
        for (const [email, token] of [
          [attackersOwn, waiting],
          [victim, verification],
        ]) {
          await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(400);
        }
        await app.anonymous
          .put(RESET)
          .send({ token: reset, ...NEW })
          .expect(400);
        await signIn({ token: earlier.token }).expect(400);
        await signIn({ email: victim, code: earlier.code }).expect(400);
      });
    }

    it('is taken over only once: a later sign-in keeps the new password', async () => {
      const { email } = await app.signUp();
      const { headers } = await signIn({ token: (await mailedTo(email)).token }).expect(201);
      await app.anonymous.post(RESET).send({ email }).expect(204);
      const token = await app.mailbox.tokenTo(email, RESET_MAIL);
      await app.anonymous
        .put(RESET)
        .send({ token, ...NEW })
        .expect(200);
      await app.as(headers['x-session-token']).get('/me').expect(401);
      const { code } = await mailedTo(email);
      await signIn({ email, code }).expect(201);
      expect(await tryPassword(email, NEW_PASSWORD)).toBe(201);
    });

    it('is not confirmed by a wrong code', async () => {
      const { email } = await app.person();
      await mailedTo(email);
      await signIn({ email, code: WRONG }).expect(400);
      expect(await tryPassword(email)).toBe(201);
      const me = await app.query('SELECT verified FROM authentication.users WHERE email = $1', [email]);
      expect(me).toEqual([{ verified: false }]);
    });
  });
});
