import { UserEvents, type UserFact } from '../../../src/authentication/core/events/user-events.js';
import { Sweeper } from '../../../src/authentication/core/sweeping/sweeper.js';
import { identityEn } from '../../../src/authentication/identity/identity.en.js';
import {
  PASSWORD,
  startApplication,
  type SignedIn,
  type TestApplication,
} from '../../support/application.js';
import { letTimePass } from '../../support/clock.js';
import { RealmsFeature } from '../../support/features/realms.feature.js';
import {
  DEAD_LINK,
  DONE_ALREADY,
  patternOf,
  readable,
  RESET_MAIL,
  said,
  VERIFICATION_MAIL,
} from '../../support/texts.js';

const PATH = '/identity/email/reversal';
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const FORM = { password: PASSWORD, password_confirmation: PASSWORD };
const THIEFS = {
  password: 'four other words, quite new',
  password_confirmation: 'four other words, quite new',
};
const NOTICE = patternOf(identityEn['email_change_requested.mail.subject']);

describe('identity/email/reversal', () => {
  let app: TestApplication;
  const facts: UserFact[] = [];

  beforeAll(async () => {
    app = await startApplication({ features: [RealmsFeature] });
    app.get(UserEvents).listen({
      onUserFact: (fact) => {
        facts.push(fact);
        return Promise.resolve();
      },
    });
  });
  afterAll(() => app.close());

  const request = (person: Pick<SignedIn, 'token'>, email: string, current_password = PASSWORD) =>
    app.as(person.token).put('/identity/email').send({ current_password, email });
  const confirm = (email: string, token: string) =>
    app.anonymous.put('/identity/email_verification').send({ email, token });
  const move = async (person: Pick<SignedIn, 'token'>, email: string, password = PASSWORD) => {
    await request(person, email, password).expect(200);
    await confirm(email, await app.mailbox.tokenTo(email, VERIFICATION_MAIL)).expect(204);
  };
  const linkOf = (email: string) => app.mailbox.tokenTo(email, NOTICE);
  /** A verified user whose address was changed, by a thief. */
  const moved = async () => {
    const person = await app.person({ verified: true });
    const email = app.newEmail();
    await move(person, email);
    return { ...person, thiefs: email, link: await linkOf(person.email) };
  };
  const show = (token: string, accept = BROWSER) =>
    app.anonymous.get(PATH).query({ token }).set('Accept', accept);
  const reverse = (token: string, headers: Record<string, string> = { 'Sec-Fetch-Site': 'same-origin' }) =>
    app.anonymous
      .post(PATH)
      .type('form')
      .set({ Accept: BROWSER, ...headers })
      .send({ token });
  const userOf = async (id: number) =>
    (await app.query('SELECT * FROM authentication.users WHERE id = $1', [id]))[0]!;
  const signUp = (email: string) => app.anonymous.post('/sign_up').send({ email, ...FORM });

  describe('GET', () => {
    it('shows a page with a button, and consumes nothing, whatever client opens the link', async () => {
      const { email, userId, thiefs, link } = await moved();
      const { text, headers } = await show(link).expect(200);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['cache-control']).toBe('no-store');
      expect(text).toContain('<form method="post" action="reversal">');
      expect(text).toContain(link);
      expect(text).toContain(email);
      for (const accept of ['*/*', BROWSER]) {
        await app.anonymous.head(PATH).query({ token: link }).set('Accept', accept).expect(200);
      }
      await show(link, 'application/json').expect(204);
      expect(await userOf(userId)).toMatchObject({ email: thiefs });
      await reverse(link).expect(200);
    });

    it('answers a dead link with a page, or with a problem if the client accepts JSON', async () => {
      const { link: used } = await moved();
      await reverse(used).expect(200);
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

  describe('POST', () => {
    it('gives the address back, ends all access, and mails a reset to the old address', async () => {
      const { email, userId, token, thiefs, link } = await moved();
      const { text, headers } = await reverse(link).expect(200);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['x-session-token']).toBeUndefined();
      expect(readable(text)).toContain(said(identityEn['email_reversal.done.title']));
      expect(await userOf(userId)).toMatchObject({ email, verified: true, password_digest: null });
      await app.as(token).get('/me').expect(401);
      for (const address of [email, thiefs]) {
        await app.anonymous.post('/sign_in').send({ email: address, password: PASSWORD }).expect(401);
      }
      const reset = await app.mailbox.tokenTo(email, RESET_MAIL);
      await app.anonymous
        .put('/identity/password_reset')
        .send({ token: reset, ...THIEFS })
        .expect(200);
      expect((await app.signIn(email, THIEFS.password)).userId).toBe(userId);
    });

    it('works for 7 days, whatever a thief changes: password, addresses, resets, all sessions', async () => {
      const { email, userId, token, thiefs, link } = await moved();
      await app
        .as(token)
        .put('/password')
        .send({ current_password: PASSWORD, ...THIEFS })
        .expect(200);
      await app.anonymous.post('/identity/password_reset').send({ email: thiefs }).expect(204);
      const reset = await app.mailbox.tokenTo(thiefs, RESET_MAIL);
      await app.anonymous
        .put('/identity/password_reset')
        .send({ token: reset, ...THIEFS })
        .expect(200);
      const thief = await app.signIn(thiefs, THIEFS.password);
      await move(thief, app.newEmail(), THIEFS.password);
      await app.as(thief.token).delete('/sessions').expect(204);
      await letTimePass(app, '6 days 23 hours 59 minutes');
      await reverse(link).expect(200);
      expect(await userOf(userId)).toMatchObject({ email });
    });

    it('no longer works after 7 days', async () => {
      const { userId, thiefs, link } = await moved();
      await letTimePass(app, '7 days');
      await show(link).expect(400);
      await reverse(link).expect(400);
      expect(await userOf(userId)).toMatchObject({ email: thiefs });
    });

    it('drops a change that is not confirmed yet, and ends its link', async () => {
      const person = await app.person({ verified: true });
      const wanted = app.newEmail();
      await request(person, wanted).expect(200);
      const token = await app.mailbox.tokenTo(wanted);
      await reverse(await linkOf(person.email)).expect(200);
      await confirm(wanted, token).expect(400);
      expect(await userOf(person.userId)).toMatchObject({ email: person.email, unconfirmed_email: null });
    });

    it('still works after the change was cancelled', async () => {
      const person = await app.person({ verified: true });
      await request(person, app.newEmail()).expect(200);
      await app.as(person.token).delete('/identity/email').expect(200);
      await reverse(await linkOf(person.email)).expect(200);
      await app.as(person.token).get('/me').expect(401);
    });

    it('voids the reversals that were issued after it, and no earlier one', async () => {
      const { email, userId, token, thiefs, link } = await moved();
      const [third, fourth] = [app.newEmail(), app.newEmail()];
      await move({ token }, third);
      await move({ token }, fourth);
      const [second, last] = [await linkOf(thiefs), await linkOf(third)];
      await reverse(second).expect(200);
      expect(await userOf(userId)).toMatchObject({ email: thiefs });
      await reverse(last).expect(400);
      await reverse(link).expect(200);
      expect(await userOf(userId)).toMatchObject({ email });
    });

    it('tells features when the change was requested, so that they delete what was added since', async () => {
      const { userId, link } = await moved();
      const [row] = await app.query<{ created_at: Date }>(
        'SELECT created_at FROM authentication.email_reversals WHERE user_id = $1',
        [userId],
      );
      await reverse(link).expect(200);
      const told = facts
        .filter(({ user }) => user.id === userId)
        .filter(({ action }) => action === 'access_ended' || action === 'taken_back')
        .map(({ action, since }) => ({ action, since }));
      expect(told).toEqual([
        { action: 'access_ended', since: undefined },
        { action: 'taken_back', since: { time: row?.created_at } },
      ]);
    });

    it('works once for 50 requests at the same time', async () => {
      const { email, link } = await moved();
      const answers = await Promise.all(Array.from({ length: 50 }, () => reverse(link)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(49).fill(400)]);
      for (const { text } of answers.filter(({ status }) => status === 400))
        expect(readable(text)).toContain(DONE_ALREADY);
      expect(await app.mailbox.to(email, RESET_MAIL)).toHaveLength(1);
    });

    it('leaves a thief nothing of what is on its way at the same time', async () => {
      const { email, userId, token, thiefs, link } = await moved();
      await app.anonymous.post('/identity/password_reset').send({ email: thiefs }).expect(204);
      const reset = await app.mailbox.tokenTo(thiefs, RESET_MAIL);
      const waiting = app.newEmail();
      await request({ token }, waiting).expect(200);
      const verification = await app.mailbox.tokenTo(waiting);
      const thief = app.as(token);
      await Promise.all([
        thief.put('/password').send({ current_password: PASSWORD, ...THIEFS }),
        app.anonymous.post('/sign_in').send({ email: thiefs, password: PASSWORD }),
        thief.post('/sessions/current/renewal'),
        reverse(link).expect(200),
        app.anonymous.put('/identity/password_reset').send({ token: reset, ...THIEFS }),
        app.anonymous.post('/sign_in').send({ email: thiefs, password: PASSWORD }),
        thief.put('/identity/email').send({ current_password: PASSWORD, email: app.newEmail() }),
        confirm(waiting, verification),
      ]);
      expect(await userOf(userId)).toMatchObject({
        email,
        verified: true,
        unconfirmed_email: null,
        password_digest: null,
      });
      await app.mailbox.settled();
      const left = await app.query(
        `SELECT 'session' AS left FROM authentication.sessions WHERE user_id = $1 UNION ALL
         SELECT purpose FROM authentication.one_time_tokens WHERE user_id = $1 AND sent_to <> $2 UNION ALL
         SELECT 'reversal' FROM authentication.email_reversals WHERE user_id = $1`,
        [userId, email],
      );
      expect(left).toEqual([]);
    });

    it('accepts only a form of its own page', async () => {
      const { userId, thiefs, link } = await moved();
      for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'http://evil.test' }]) {
        const { text } = await reverse(link, headers as never).expect(400);
        expect(text).not.toContain(link);
      }
      await app.anonymous.post(PATH).set('Accept', BROWSER).send({ token: link }).expect(415);
      expect(await userOf(userId)).toMatchObject({ email: thiefs });
    });

    it('refuses a link in a realm that the request chose and that is not its own', async () => {
      const { link } = await moved();
      const form = app.anonymous.post(PATH).type('form').set({ Accept: BROWSER, 'X-Realm': 'Red' });
      await form.send({ token: link }).expect(400);
      await reverse(link).expect(200);
    });
  });

  describe('keeps the address while it is open', () => {
    it('from sign-ups', async () => {
      const { email, link } = await moved();
      const { body } = await signUp(email).expect(422);
      expect(body).toMatchObject({ code: 'already_registered', errors: [{ field: 'email' }] });
      await reverse(link).expect(200);
    });

    it('from changes of other users, but not of its own', async () => {
      const { email, token } = await moved();
      const other = await app.person();
      const { body } = await request(other, email).expect(422);
      expect(body).toMatchObject({ code: 'already_registered', errors: [{ field: 'email' }] });
      await move({ token }, email);
      expect((await app.as(token).get('/me').expect(200)).body).toMatchObject({ email, verified: true });
    });

    it('from a change of another user whose link was mailed before', async () => {
      const [person, other] = [await app.person({ verified: true }), await app.person()];
      const wanted = app.newEmail();
      await request(other, wanted).expect(200);
      const link = await app.mailbox.tokenTo(wanted);
      await move(person, wanted);
      await move(person, app.newEmail());
      await confirm(wanted, link).expect(400);
      await app.as(other.token).post('/identity/email_verification').expect(204);
      // The two links of the two users, and the notice.
      expect(await app.mailbox.to(wanted)).toHaveLength(3);
      expect(await userOf(other.userId)).toMatchObject({ email: other.email, unconfirmed_email: wanted });
    });

    it('not in another realm, and not longer than 7 days', async () => {
      const { email } = await moved();
      await signUp(email).set('X-Realm', 'Red').expect(201);
      await signUp(email).expect(422);
      await letTimePass(app, '7 days');
      await signUp(email).expect(201);
    });
  });

  it('is mailed only to an address that was verified', async () => {
    const person = await app.person();
    await move(person, app.newEmail());
    expect(await app.mailbox.to(person.email, NOTICE)).toEqual([]);
    await signUp(person.email).expect(201);
  });

  it('is stored without its secret, and swept when it has expired', async () => {
    const { userId, link } = await moved();
    const rows = () => app.query('SELECT * FROM authentication.email_reversals WHERE user_id = $1', [userId]);
    expect(await rows()).toHaveLength(1);
    expect(JSON.stringify(await rows())).not.toContain(link);
    await letTimePass(app, '7 days');
    await app.get(Sweeper).sweep();
    expect(await rows()).toEqual([]);
  });
});

describe('identity/email/reversal with limits', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ variables: { THROTTLE_FACTOR: '1' } });
  });
  afterAll(() => app.close());

  it('mails the reset even if the limit of resets to the address was reached', async () => {
    const { email, token } = await app.person({ verified: true });
    const body = { current_password: PASSWORD, email: app.newEmail() };
    await app.as(token).put('/identity/email').send(body).expect(200);
    const link = await app.mailbox.tokenTo(email, NOTICE);
    for (let times = 0; times < 4; times += 1) {
      await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    }
    expect(await app.mailbox.to(email, RESET_MAIL)).toHaveLength(3);
    await app.anonymous.post(PATH).type('form').send({ token: link }).expect(200);
    expect(await app.mailbox.to(email, RESET_MAIL)).toHaveLength(4);
  });
});

describe('identity/email/reversal, with real limits', () => {
  it('has a link for the next change after the button, although a thief had used up the limit', async () => {
    const limited = await startApplication({ variables: { THROTTLE_FACTOR: '1' } });
    try {
      const { email, token } = await limited.person({ verified: true });
      const change = (session: string) =>
        limited
          .as(session)
          .put('/identity/email')
          .send({ current_password: PASSWORD, email: limited.newEmail() })
          .expect(200);
      const notices = () => limited.mailbox.to(email, NOTICE);
      await change(token);
      const oldest = await limited.mailbox.tokenTo(email, NOTICE);
      for (let asked = 0; asked < 11; asked += 1) await change(token);
      expect(await notices()).toHaveLength(10);
      await limited.anonymous
        .post(PATH)
        .type('form')
        .set('Sec-Fetch-Site', 'same-origin')
        .send({ token: oldest })
        .expect(200);
      const reset = await limited.mailbox.tokenTo(email, RESET_MAIL);
      await limited.anonymous
        .put('/identity/password_reset')
        .send({ token: reset, ...FORM })
        .expect(200);
      await change((await limited.signIn(email)).token);
      expect(await notices()).toHaveLength(11);
    } finally {
      await limited.close();
    }
  });
});
