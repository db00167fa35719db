import { identityEn } from '../../../src/authentication/identity/identity.en.js';
import { PASSWORD, startApplication, type TestApplication } from '../../support/application.js';
import { letTimePass } from '../../support/clock.js';
import { DEAD_LINK, readable, RESET_MAIL, said, VERIFICATION_MAIL } from '../../support/texts.js';

const PATH = '/identity/email_verification';
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('identity/email_verification', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  /** A user with an unverified address, and the `token` that confirms it. */
  const unverified = async () => {
    const { email, userId } = await app.signUp();
    return { email, userId, token: await app.mailbox.tokenTo(email) };
  };
  const isVerified = async (email: string) => {
    const rows = await app.query('SELECT verified FROM authentication.users WHERE email = $1', [email]);
    return rows[0]?.['verified'];
  };

  describe('POST', () => {
    it('mails the requested address of a signed-in user', async () => {
      const person = await app.person();
      const email = app.newEmail();
      await app
        .as(person.token)
        .put('/identity/email')
        .send({ current_password: PASSWORD, email })
        .expect(200);
      const earlier = await app.mailbox.to(person.email);
      const { body } = await app.as(person.token).post(PATH).expect(204);
      expect(body).toEqual({});
      expect(await app.mailbox.to(email)).toHaveLength(2);
      expect(await app.mailbox.to(person.email)).toHaveLength(earlier.length);
    });

    it('mails the unverified address of a signed-in user', async () => {
      const person = await app.person();
      await app.as(person.token).post(PATH).expect(204);
      expect(await app.mailbox.to(person.email)).toHaveLength(2);
      const token = await app.mailbox.tokenTo(person.email);
      await app.anonymous.put(PATH).send({ email: person.email, token }).expect(204);
    });

    it('mails nothing to a signed-in user who is verified', async () => {
      const person = await app.person({ verified: true });
      await app.as(person.token).post(PATH).expect(204);
      expect(await app.mailbox.to(person.email)).toHaveLength(1);
    });

    it('refuses an invalid session token', async () => {
      const { body } = await app.as('made-up').post(PATH).send({ email: app.newEmail() }).expect(401);
      expect(body).toMatchObject({ code: 'authentication_required' });
    });

    it('answers in the same way for any address without a session, and mails only unverified ones (ASVS 6.3.8)', async () => {
      const waiting = await app.signUp();
      const proved = await app.person({ verified: true });
      const unknown = app.newEmail();
      const answers: unknown[] = [];
      for (const email of [waiting.email, proved.email, unknown]) {
        const { status, headers, text } = await app.anonymous.post(PATH).send({ email });
        answers.push({ status, text, headers: Object.keys(headers).sort() });
      }
      expect(answers[0]).toMatchObject({ status: 204, text: '' });
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[2]).toEqual(answers[0]);
      expect(await app.mailbox.to(waiting.email)).toHaveLength(2);
      expect(await app.mailbox.to(proved.email)).toHaveLength(1);
      expect(await app.mailbox.to(unknown)).toHaveLength(0);
    });

    it('mails an unverified address without a session, also when its user requested another', async () => {
      const person = await app.person();
      const email = app.newEmail();
      await app.as(person.token).put('/identity/email').send({ current_password: PASSWORD, email });
      await app.anonymous.post(PATH).send({ email: person.email }).expect(204);
      const links = await app.mailbox.to(person.email, VERIFICATION_MAIL);
      expect(links).toHaveLength(2);
      const token = await app.mailbox.tokenTo(person.email, VERIFICATION_MAIL);
      await app.anonymous.put(PATH).send({ email: person.email, token }).expect(204);
      const { body } = await app.as(person.token).get('/me').expect(200);
      expect(body).toMatchObject({ email: person.email, verified: true, unconfirmed_email: email });
    });

    it('requires an address without a session', async () => {
      for (const body of [{}, { email: null }, { email: '' }]) {
        const answer = await app.anonymous.post(PATH).send(body).expect(422);
        expect(answer.body).toMatchObject({
          code: 'missing_parameters',
          errors: [{ field: 'email', code: 'missing' }],
        });
      }
      const { body } = await app.anonymous.post(PATH).send({ email: 'nobody' }).expect(422);
      expect(body).toMatchObject({ code: 'wrong_parameters', errors: [{ field: 'email', code: 'invalid' }] });
    });
  });

  describe('GET', () => {
    it('shows a page with a button, and consumes nothing', async () => {
      const { email, token } = await unverified();
      const { text, headers } = await app.anonymous
        .get(PATH)
        .query({ email, token })
        .set('Accept', BROWSER)
        .expect(200);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['referrer-policy']).toBe('strict-origin');
      expect(text).toContain('<form method="post" action="email_verification/confirmation">');
      expect(text).toContain(token);
      expect(text).not.toContain('<script');
      expect(await isVerified(email)).toBe(false);
    });

    it('is not consumed by a mail scanner, whatever headers it sends (supabase/auth#713)', async () => {
      const { email, token } = await unverified();
      for (const accept of [
        BROWSER,
        '*/*',
        'text/html, application/json',
        '',
        'application/json;q=0',
        '*/*, application/json; q=0.0',
        'application/json;q=none',
        'application/jsonp',
        'application/*',
        `${'application/json, '.repeat(100)}*/*`,
      ]) {
        await app.anonymous.get(PATH).query({ email, token }).set('Accept', accept).expect(200);
      }
      for (const type of ['Accept', 'Content-Type']) {
        await app.anonymous.head(PATH).query({ email, token }).set(type, 'application/json').expect(200);
      }
      expect(await isVerified(email)).toBe(false);
      await app.anonymous.put(PATH).send({ email, token }).expect(204);
    });

    it('verifies for a client that sends application/json in Accept or in Content-Type, as older clients do', async () => {
      for (const [header, value] of [
        ['Accept', 'application/json'],
        ['Accept', 'text/html;q=0, Application/JSON;q=0.5'],
        ['Accept', 'application/json; charset=utf-8, */*;q=0.1'],
        ['Content-Type', 'application/json'],
      ] as const) {
        const { email, token } = await unverified();
        const { text } = await app.anonymous.get(PATH).query({ email, token }).set(header, value).expect(204);
        expect(text).toBe('');
        expect(await isVerified(email)).toBe(true);
      }
    });

    it('is read as it was mailed when a gateway or a person changed it on its way', async () => {
      const email = app.newEmail().replace('@', '+news+x@');
      await app.signUp(email);
      const { pathname, search } = await app.mailbox.linkTo(email);
      for (const changed of [
        `${pathname}${search.replace(/%2B/g, '+')}`,
        `${pathname}${search.replace(/%2B/g, '%20')}`,
        `${pathname}${search}%0A`,
        `${pathname}${search}+%E2%80%8B`,
      ]) {
        await app.anonymous.get(changed).set('Accept', 'text/html').expect(200);
      }
      const token = new URLSearchParams(search).get('token') ?? '';
      await app.anonymous
        .put('/identity/email_verification')
        .send({ email, token: ` ${token}\u200b\n` })
        .expect(204);
    });

    it('answers an invalid link with a page, or with a problem when the client accepts JSON', async () => {
      const { email, token } = await unverified();
      const dead = [
        { email, token: 'made-up' },
        { email: app.newEmail(), token },
        { email },
        { token },
        { email: [email, email], token },
        {},
      ];
      for (const query of dead) {
        const page = await app.anonymous.get(PATH).query(query).set('Accept', BROWSER).expect(400);
        expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
        expect(page.headers['cache-control']).toBe('no-store');
        expect(readable(page.text)).toContain(DEAD_LINK);
        const { body, headers } = await app.anonymous
          .get(PATH)
          .query(query)
          .set('Accept', 'application/json')
          .expect(400);
        expect(headers['content-type']).toMatch(/^application\/problem\+json/);
        expect(body).toMatchObject({ code: 'invalid_token' });
      }
      expect(await isVerified(email)).toBe(false);
    });

    it('repeats no part of an invalid link', async () => {
      const query = {
        email: '"><script>alert(1)</script>@example.com',
        token: '"><script>alert(2)</script>',
      };
      const { text } = await app.anonymous.get(PATH).query(query).set('Accept', BROWSER).expect(400);
      expect(text).not.toContain('alert');
    });
  });

  describe('PUT', () => {
    it('verifies the address in any spelling', async () => {
      const { email, token } = await unverified();
      const { text } = await app.anonymous
        .put(PATH)
        .send({ email: ` ${email.toUpperCase()}`, token })
        .expect(204);
      expect(text).toBe('');
      expect(await isVerified(email)).toBe(true);
    });

    it('works once', async () => {
      const { email, token } = await unverified();
      await app.anonymous.put(PATH).send({ email, token }).expect(204);
      const { body } = await app.anonymous.put(PATH).send({ email, token }).expect(400);
      expect(body).toMatchObject({ code: 'invalid_token' });
    });

    it('works once for 50 requests at the same time (GHSA-7w99-5wm4-3g79)', async () => {
      const { email, token } = await unverified();
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => app.anonymous.put(PATH).send({ email, token })),
      );
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([204, ...Array<number>(49).fill(400)]);
    });

    it('requires the address that the link was sent to (ASVS 6.6.2)', async () => {
      const [first, second] = [await unverified(), await unverified()];
      await app.anonymous.put(PATH).send({ email: second.email, token: first.token }).expect(400);
      await app.anonymous.put(PATH).send({ email: first.email, token: second.token }).expect(400);
      expect(await isVerified(first.email)).toBe(false);
      await app.anonymous.put(PATH).send({ email: first.email, token: first.token }).expect(204);
    });

    it('refuses a token of another purpose (ASVS 6.6.2)', async () => {
      const { email } = await unverified();
      await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
      const token = await app.mailbox.tokenTo(email, RESET_MAIL);
      await app.anonymous.get(PATH).query({ email, token }).expect(400);
      await app.anonymous.put(PATH).send({ email, token }).expect(400);
      await app.anonymous.get('/identity/password_reset').query({ token }).expect(200);
    });

    it('accepts a link for 2 days, by the clock of the database', async () => {
      const [early, late] = [await unverified(), await unverified()];
      await letTimePass(app, '47 hours 59 minutes');
      await app.anonymous.put(PATH).send(early).expect(422);
      await app.anonymous.put(PATH).send({ email: early.email, token: early.token }).expect(204);
      await letTimePass(app, '1 minute');
      await app.anonymous.put(PATH).send({ email: late.email, token: late.token }).expect(400);
    });

    it('ends the links that were mailed before when one is used', async () => {
      const { email, token } = await unverified();
      await app.anonymous.post(PATH).send({ email }).expect(204);
      await app.anonymous
        .put(PATH)
        .send({ email, token: await app.mailbox.tokenTo(email) })
        .expect(204);
      await app.anonymous.put(PATH).send({ email, token }).expect(400);
    });

    it('still accepts the link after the password was changed', async () => {
      const { email, token } = await unverified();
      const person = await app.signIn(email);
      const password = 'another battery, another horse';
      await app
        .as(person.token)
        .put('/password')
        .send({ current_password: PASSWORD, password, password_confirmation: password })
        .expect(200);
      await app.anonymous.put(PATH).send({ email, token }).expect(204);
    });

    it('refuses the link of a deleted account', async () => {
      const { email, token } = await unverified();
      const person = await app.signIn(email);
      await app.as(person.token).delete('/me').send({ current_password: PASSWORD }).expect(204);
      await app.signUp(email);
      await app.anonymous.put(PATH).send({ email, token }).expect(400);
    });

    it('names missing fields, and refuses values that are not text', async () => {
      const { body } = await app.anonymous.put(PATH).send({ token: '' }).expect(422);
      expect(body).toMatchObject({
        code: 'missing_parameters',
        errors: [
          { field: 'email', code: 'missing' },
          { field: 'token', code: 'missing' },
        ],
      });
      for (const token of [7, ['a'], { a: 1 }, 'a\u0000b']) {
        const answer = await app.anonymous.put(PATH).send({ email: app.newEmail(), token }).expect(422);
        expect(answer.body).toMatchObject({ errors: [{ field: 'token', code: 'invalid' }] });
      }
    });

    it('stores no token in clear (ASVS 7.2.3)', async () => {
      const { email, token } = await unverified();
      const kept = await app.query('SELECT t.* FROM authentication.one_time_tokens t WHERE sent_to = $1', [
        email,
      ]);
      const queued = await app.query('SELECT data FROM authentication_jobs.job');
      expect(kept).toHaveLength(1);
      expect(JSON.stringify([kept, queued])).not.toContain(token);
      expect(token).toMatch(/^[\w-]{43}$/);
    });
  });

  describe('POST confirmation', () => {
    const post = (fields: object, headers: Record<string, string> = { 'Sec-Fetch-Site': 'same-origin' }) =>
      app.anonymous
        .post(`${PATH}/confirmation`)
        .type('form')
        .set('Accept', BROWSER)
        .set(headers)
        .send(fields);

    it('verifies, and answers with a page', async () => {
      const { email, token } = await unverified();
      const { text, headers } = await post({ email, token }).expect(200);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(readable(text)).toContain(said(identityEn['email_verification.done.title']));
      expect(await isVerified(email)).toBe(true);
    });

    it('says again that the address is confirmed when the button is pressed twice', async () => {
      const { email, userId, token } = await unverified();
      const first = await post({ email, token }).expect(200);
      const second = await post({ email, token }).expect(200);
      expect(second.text).toBe(first.text);
      const together = await unverified();
      const answers = await Promise.all(
        [1, 2, 3, 4].map(() => post({ email: together.email, token: together.token })),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      // Only the page says so: the link is used up, and dies with the address.
      await app.anonymous.put(PATH).send({ email, token }).expect(400);
      await app.anonymous.get(PATH).query({ email, token }).expect(400);
      await post({ email: app.newEmail(), token }).expect(400);
      await app.query('UPDATE authentication.users SET email = $1 WHERE id = $2', [app.newEmail(), userId]);
      expect(readable((await post({ email, token }).expect(400)).text)).toContain(DEAD_LINK);
    });

    it('says so for 2 days, also after a change of the address', async () => {
      const person = await app.person({ verified: true });
      const email = app.newEmail();
      await app.as(person.token).put('/identity/email').send({ current_password: PASSWORD, email });
      const token = await app.mailbox.tokenTo(email);
      await post({ email, token }).expect(200);
      await post({ email, token }).expect(200);
      await letTimePass(app, '2 days');
      await post({ email, token }).expect(400);
    });

    it('accepts a POST from its own page only', async () => {
      const { email, token } = await unverified();
      const strangers = [
        { 'Sec-Fetch-Site': 'cross-site', Origin: 'http://evil.test' },
        { 'Sec-Fetch-Site': 'same-site', Origin: 'http://app.test' },
        { 'Sec-Fetch-Site': 'none' },
        { Origin: 'http://evil.test' },
        { Origin: 'http://app.test.evil.test' },
        { Origin: 'null' },
      ];
      for (const headers of strangers) {
        const { text, headers: answered } = await post({ email, token }, headers as never).expect(400);
        expect(answered['content-type']).toBe('text/html; charset=utf-8');
        expect(text).not.toContain(token);
      }
      expect(await isVerified(email)).toBe(false);
      await post({ email, token }, { Origin: 'http://app.test' }).expect(200);
      const second = await unverified();
      await post({ email: second.email, token: second.token }, { Origin: app.url }).expect(200);
    });

    it('accepts only a form', async () => {
      const { email, token } = await unverified();
      const { headers } = await app.anonymous
        .post(`${PATH}/confirmation`)
        .set('Accept', BROWSER)
        .send({ email, token })
        .expect(415);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      await app.anonymous.put(PATH).type('form').send({ email, token }).expect(415);
      expect(await isVerified(email)).toBe(false);
    });

    it('treats a field that was sent twice as missing', async () => {
      const { email, token } = await unverified();
      await post(`email=${encodeURIComponent(email)}&token=${token}&token=${token}` as never).expect(400);
      expect(await isVerified(email)).toBe(false);
    });
  });
});
