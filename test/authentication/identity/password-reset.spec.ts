import { httpEn } from '../../../src/authentication/http/http.en.js';
import { identityEn } from '../../../src/authentication/identity/identity.en.js';
import { passwordsEn } from '../../../src/authentication/passwords/passwords.en.js';
import { PASSWORD, startApplication, type TestApplication } from '../../support/application.js';
import { letTimePass } from '../../support/clock.js';
import { DEAD_LINK, DONE_ALREADY, readable, RESET_MAIL, said } from '../../support/texts.js';

const PATH = '/identity/password_reset';
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const NEW_PASSWORD = 'four other words, quite new';
const NEW = { password: NEW_PASSWORD, password_confirmation: NEW_PASSWORD };

describe('identity/password_reset', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  /** The token of a reset that was mailed just now. */
  const mailedTo = async (email: string) => {
    await app.anonymous.post(PATH).send({ email }).expect(204);
    return app.mailbox.tokenTo(email, RESET_MAIL);
  };
  const complete = (token: string) => app.anonymous.put(PATH).send({ token, ...NEW });
  const tryPassword = async (email: string, password: string) =>
    (await app.anonymous.post('/sign_in').send({ email, password })).status;

  describe('POST', () => {
    it('gives the same answer for known, unverified and unknown addresses, and mails no unknown one (ASVS 6.3.8)', async () => {
      const verified = await app.person({ verified: true });
      const unverified = await app.signUp();
      const unknown = app.newEmail();
      const answers: unknown[] = [];
      for (const email of [verified.email, unverified.email, unknown]) {
        const { status, headers, text } = await app.anonymous.post(PATH).send({ email });
        answers.push({ status, text, headers: Object.keys(headers).sort() });
      }
      expect(answers[0]).toMatchObject({ status: 204, text: '' });
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[2]).toEqual(answers[0]);
      for (const { email } of [verified, unverified]) {
        expect(await app.mailbox.tokenTo(email, RESET_MAIL)).toMatch(/^[\w-]{43}$/);
      }
      expect(await app.mailbox.to(unknown)).toEqual([]);
    });

    it('accepts any spelling of the address, and mails its canonical form', async () => {
      const { email } = await app.signUp();
      await app.anonymous
        .post(PATH)
        .send({ email: ` ${email.toUpperCase()} ` })
        .expect(204);
      expect(await app.mailbox.tokenTo(email, RESET_MAIL)).not.toBe('');
    });

    it('refuses an invalid address, and names missing fields', async () => {
      const { body } = await app.anonymous.post(PATH).send({ email: 'nobody' }).expect(422);
      expect(body).toMatchObject({ code: 'wrong_parameters', errors: [{ field: 'email', code: 'invalid' }] });
      const missing = await app.anonymous.post(PATH).expect(422);
      expect(missing.body).toMatchObject({
        code: 'missing_parameters',
        errors: [{ field: 'email', code: 'missing' }],
      });
    });

    it('does not change the password or the sessions', async () => {
      const person = await app.person();
      await mailedTo(person.email);
      await app.as(person.token).get('/me').expect(200);
      expect(await tryPassword(person.email, PASSWORD)).toBe(201);
    });
  });

  describe('GET', () => {
    it('shows a page with the form', async () => {
      const { email } = await app.signUp();
      const token = await mailedTo(email);
      const { text, headers } = await app.anonymous
        .get(PATH)
        .query({ token })
        .set('Accept', BROWSER)
        .expect(200);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['referrer-policy']).toBe('strict-origin');
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(text).toContain('<form method="post" action="password_reset/completion">');
      expect(text).toContain('autocomplete="new-password"');
      expect(text).toContain(token);
      expect(text).toContain(email);
    });

    it('consumes nothing, for any client (supabase/auth#713)', async () => {
      const { email } = await app.signUp();
      const token = await mailedTo(email);
      for (const accept of [BROWSER, '*/*']) {
        await app.anonymous.get(PATH).query({ token }).set('Accept', accept).expect(200);
        await app.anonymous.head(PATH).query({ token }).set('Accept', accept).expect(200);
      }
      await app.anonymous.get(PATH).query({ token }).set('Accept', 'application/json').expect(204);
      await app.anonymous.get(PATH).query({ token }).set('Content-Type', 'application/json').expect(204);
      await complete(token).expect(200);
    });

    it('answers an invalid link with a page, or with a problem when the client accepts JSON', async () => {
      const { email } = await app.signUp();
      const used = await mailedTo(email);
      await complete(used).expect(200);
      for (const query of [{ token: used }, { token: 'made-up' }, { token: '' }, {}]) {
        const page = await app.anonymous.get(PATH).query(query).set('Accept', BROWSER).expect(400);
        expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
        expect(readable(page.text)).toContain(DEAD_LINK);
        const { body } = await app.anonymous
          .get(PATH)
          .query(query)
          .set('Accept', 'application/json')
          .expect(400);
        expect(body).toMatchObject({ code: 'invalid_token' });
      }
    });
  });

  describe('PUT', () => {
    it('sets the password, ends every session and starts none (ASVS 6.4.3)', async () => {
      const person = await app.person({ verified: true });
      const other = await app.signIn(person.email);
      const { body, headers } = await complete(await mailedTo(person.email)).expect(200);
      expect(body).toMatchObject({ id: person.userId, email: person.email, verified: true });
      expect(Object.keys(body as object).sort()).toEqual([
        'created_at',
        'email',
        'id',
        'unconfirmed_email',
        'updated_at',
        'verified',
      ]);
      expect(headers['x-session-token']).toBeUndefined();
      await app.as(person.token).get('/me').expect(401);
      await app.as(other.token).get('/me').expect(401);
      expect(
        await app.query('SELECT 1 FROM authentication.sessions WHERE user_id = $1', [person.userId]),
      ).toEqual([]);
      expect(await tryPassword(person.email, PASSWORD)).toBe(401);
      expect(await tryPassword(person.email, NEW_PASSWORD)).toBe(201);
    });

    it('notifies the user (ASVS 6.3.7)', async () => {
      const { email } = await app.signUp();
      await complete(await mailedTo(email)).expect(200);
      const [notice] = await app.mailbox.to(email);
      expect(notice?.subject).toBe(said(passwordsEn['password_changed.mail.subject'], { app: 'Acme' }));
    });

    it('works once', async () => {
      const { email } = await app.signUp();
      const token = await mailedTo(email);
      await complete(token).expect(200);
      const { body } = await complete(token).expect(400);
      expect(body).toMatchObject({ code: 'invalid_token' });
    });

    it('works once for 50 requests at the same time (GHSA-7w99-5wm4-3g79)', async () => {
      const { email } = await app.signUp();
      const token = await mailedTo(email);
      const passwords = Array.from({ length: 50 }, (_, index) => `${NEW_PASSWORD} ${index}`);
      const answers = await Promise.all(
        passwords.map((password) =>
          app.anonymous.put(PATH).send({ token, password, password_confirmation: password }),
        ),
      );
      const statuses = answers.map(({ status }) => status);
      expect([...statuses].sort()).toEqual([200, ...Array<number>(49).fill(400)]);
      expect(await tryPassword(email, passwords[statuses.indexOf(200)] ?? '')).toBe(201);
    });

    it('ends every other reset token', async () => {
      const { email } = await app.signUp();
      const [first, second, third] = [await mailedTo(email), await mailedTo(email), await mailedTo(email)];
      await complete(second).expect(200);
      for (const token of [first, third]) await complete(token).expect(400);
    });

    it('accepts a link for 20 minutes, by the clock of the database', async () => {
      const [early, late] = [await app.signUp(), await app.signUp()];
      const tokens = [await mailedTo(early.email), await mailedTo(late.email)];
      await letTimePass(app, '19 minutes 50 seconds');
      await complete(tokens[0] ?? '').expect(200);
      await letTimePass(app, '10 seconds');
      await complete(tokens[1] ?? '').expect(400);
      await app.anonymous.get(PATH).query({ token: tokens[1] }).expect(400);
    });

    it('refuses a link that was issued before the password changed', async () => {
      const person = await app.person();
      const token = await mailedTo(person.email);
      await app
        .as(person.token)
        .put('/password')
        .send({ current_password: PASSWORD, ...NEW })
        .expect(200);
      await complete(token).expect(400);
    });

    it('refuses a token of another purpose (ASVS 6.6.2)', async () => {
      const { email } = await app.signUp();
      const token = await app.mailbox.tokenTo(email);
      await app.anonymous.get(PATH).query({ token }).expect(400);
      await complete(token).expect(400);
      await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(204);
    });

    it('consumes nothing when the password is refused', async () => {
      const { email } = await app.signUp();
      const token = await mailedTo(email);
      const refused = [
        { token, password: 'short', password_confirmation: 'short', code: 'too_short' },
        { token, password: email, password_confirmation: email, code: 'too_common' },
        { token, password: 'a'.repeat(257), password_confirmation: 'a'.repeat(257), code: 'too_long' },
        {
          token,
          password: 'qwertyuiopqwertyuiop',
          password_confirmation: 'qwertyuiopqwertyuiop',
          code: 'too_common',
        },
      ];
      for (const { code, ...form } of refused) {
        const { body } = await app.anonymous.put(PATH).send(form).expect(422);
        expect(body).toMatchObject({ code: 'wrong_parameters', errors: [{ field: 'password', code }] });
      }
      const mismatch = await app.anonymous
        .put(PATH)
        .send({ token, password: NEW_PASSWORD, password_confirmation: 'something else entirely' })
        .expect(422);
      expect(mismatch.body).toMatchObject({ errors: [{ field: 'password_confirmation', code: 'mismatch' }] });
      expect(await tryPassword(email, PASSWORD)).toBe(201);
      await complete(token).expect(200);
    });

    it('names missing fields', async () => {
      const { body } = await app.anonymous.put(PATH).send({}).expect(422);
      expect(body).toMatchObject({
        code: 'missing_parameters',
        errors: ['token', 'password', 'password_confirmation'].map((field) => ({ field, code: 'missing' })),
      });
    });

    it('confirms an unverified address, and removes what an attacker set up who registered it (pre-hijacking)', async () => {
      const victim = app.newEmail();
      const attackersOwn = app.newEmail();
      await app.signUp(victim);
      const attacker = await app.signIn(victim);
      const verification = await app.mailbox.tokenTo(victim);
      await app
        .as(attacker.token)
        .put('/identity/email')
        .send({ current_password: PASSWORD, email: attackersOwn })
        .expect(200);
      const waiting = await app.mailbox.tokenTo(attackersOwn);
      const { body } = await complete(await mailedTo(victim)).expect(200);
      expect(body).toMatchObject({ email: victim, verified: true, unconfirmed_email: null });
      await app.as(attacker.token).get('/me').expect(401);
      await app.as(attacker.token).post('/sessions/current/renewal').expect(401);
      expect(await tryPassword(victim, PASSWORD)).toBe(401);
      for (const [email, token] of [
        [attackersOwn, waiting],
        [victim, verification],
      ]) {
        await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(400);
      }
      await app.anonymous.post('/identity/email_verification').send({ email: attackersOwn }).expect(204);
      expect(await app.mailbox.to(attackersOwn)).toHaveLength(1);
    });

    it('cancels a requested change of address, even if its mail is sent later', async () => {
      const person = await app.person({ verified: true });
      const email = app.newEmail();
      await app
        .as(person.token)
        .put('/identity/email')
        .send({ current_password: PASSWORD, email })
        .expect(200);
      const token = await app.mailbox.tokenTo(email);
      const { body } = await complete(await mailedTo(person.email)).expect(200);
      expect(body).toMatchObject({ email: person.email, unconfirmed_email: null });
      await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(400);
    });

    it('sets a password for an account that has none', async () => {
      const { email, userId } = await app.signUp();
      await app.query('UPDATE authentication.users SET password_digest = NULL WHERE id = $1', [userId]);
      expect(await tryPassword(email, PASSWORD)).toBe(401);
      await complete(await mailedTo(email)).expect(200);
      expect(await tryPassword(email, NEW_PASSWORD)).toBe(201);
    });

    it('does not allow a suspended user to sign in', async () => {
      const person = await app.person();
      await app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [person.userId]);
      await complete(await mailedTo(person.email)).expect(200);
      expect(await tryPassword(person.email, NEW_PASSWORD)).toBe(403);
    });
  });

  describe('POST completion', () => {
    const post = (fields: object, headers: Record<string, string> = { 'Sec-Fetch-Site': 'same-origin' }) =>
      app.anonymous.post(`${PATH}/completion`).type('form').set('Accept', BROWSER).set(headers).send(fields);

    it('reads a token with what was copied around it', async () => {
      const { email } = await app.person();
      await post({ token: ` ${await mailedTo(email)}\u200b\n`, ...NEW }).expect(200);
    });

    it('sets the password, and answers with a page', async () => {
      const person = await app.person();
      const token = await mailedTo(person.email);
      const { text, headers } = await post({ token, ...NEW }).expect(200);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['x-session-token']).toBeUndefined();
      expect(readable(text)).toContain(said(identityEn['password_reset.done.title']));
      await app.as(person.token).get('/me').expect(401);
      expect(await tryPassword(person.email, NEW_PASSWORD)).toBe(201);
      expect(readable((await post({ token, ...NEW }).expect(400)).text)).toContain(DONE_ALREADY);
    });

    it('shows the form again with the errors, without the password, and does not use up the token', async () => {
      const { email } = await app.signUp();
      const token = await mailedTo(email);
      const short = await post({
        token,
        password: 'tooshort"<b>',
        password_confirmation: 'tooshort"<b>',
      }).expect(422);
      expect(short.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(readable(short.text)).toContain(said(httpEn['fault.too_short']));
      expect(short.text).toContain('aria-invalid="true"');
      expect(short.text).not.toContain('tooshort');
      const differ = await post({ token, password: NEW_PASSWORD, password_confirmation: 'other' }).expect(
        422,
      );
      expect(readable(differ.text)).toContain(said(httpEn['fault.mismatch']));
      const easy = await post({ token, password: email, password_confirmation: email }).expect(422);
      expect(readable(easy.text)).toContain(said(httpEn['fault.too_common']));
      const empty = await post({ token }).expect(422);
      expect(readable(empty.text)).toContain(said(httpEn['fault.missing']));
      expect(empty.text).toContain(token);
      await post({ token, ...NEW }).expect(200);
    });

    it('accepts a POST from its own page only', async () => {
      const { email } = await app.signUp();
      const token = await mailedTo(email);
      const strangers = [
        { 'Sec-Fetch-Site': 'cross-site', Origin: 'http://app.test' },
        { 'Sec-Fetch-Site': 'same-site' },
        { Origin: 'https://evil.test' },
        { Origin: 'null' },
      ];
      for (const headers of strangers) {
        const { headers: answered, text } = await post({ token, ...NEW }, headers as never).expect(400);
        expect(answered['content-type']).toBe('text/html; charset=utf-8');
        expect(text).not.toContain(token);
      }
      expect(await tryPassword(email, PASSWORD)).toBe(201);
      await post({ token, ...NEW }, { Origin: 'http://app.test' }).expect(200);
    });

    it('accepts only a form', async () => {
      const { email } = await app.signUp();
      const token = await mailedTo(email);
      await app.anonymous
        .post(`${PATH}/completion`)
        .send({ token, ...NEW })
        .expect(415);
      await app.anonymous
        .put(PATH)
        .type('form')
        .send({ token, ...NEW })
        .expect(415);
      expect(await tryPassword(email, PASSWORD)).toBe(201);
    });
  });
});
