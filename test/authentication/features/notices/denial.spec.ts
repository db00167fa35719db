import { FEATURES } from '../../../../src/authentication/authentication.module.js';
import { UserEvents, type UserFact } from '../../../../src/authentication/core/events/user-events.js';
import { Database } from '../../../../src/authentication/core/database/database.js';
import { MailQueue } from '../../../../src/authentication/core/mail/mail-queue.js';
import { ROOT_REALM_ID } from '../../../../src/authentication/core/realms/realm.js';
import { Sweeper } from '../../../../src/authentication/core/sweeping/sweeper.js';
import { noticesEn } from '../../../../src/authentication/features/notices/notices.en.js';
import { SIGN_IN_NOTICE_MAIL } from '../../../../src/authentication/features/notices/sign-in-notice.mail.js';
import { identityEn } from '../../../../src/authentication/identity/identity.en.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';
import { RealmsFeature } from '../../../support/features/realms.feature.js';
import {
  DEAD_LINK,
  DONE_ALREADY,
  patternOf,
  readable,
  RESET_MAIL,
  said,
  VERIFICATION_MAIL,
} from '../../../support/texts.js';
import { CHROME, ELSEWHERE, FIREFOX, HOME, NOTICE, VARIABLES, Visitor } from './visitors.js';

const PATH = '/sessions/notice';
const CHANGE_MAIL = patternOf(identityEn['email_change_requested.mail.subject']);
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const NEW = { password: 'four other words, quite new', password_confirmation: 'four other words, quite new' };

interface Noticed {
  email: string;
  userId: number;
  /** of the owner's session */
  own: string;
  /** of the session that the notice reports */
  thief: string;
  thiefsSession: number;
  /** of the notice */
  token: string;
}

describe('sessions/notice', () => {
  let app: TestApplication;
  let home: Visitor;
  let elsewhere: Visitor;

  beforeAll(async () => {
    app = await startApplication({ variables: VARIABLES });
    home = new Visitor(app, CHROME, HOME);
    elsewhere = new Visitor(app, FIREFOX, ELSEWHERE);
  });
  afterAll(() => app.close());

  const noticed = async (): Promise<Noticed> => {
    const { email, userId } = await home.signUp();
    const own = await home.signIn(email);
    const thief = await elsewhere.signIn(email);
    const token = await app.mailbox.tokenTo(email, NOTICE);
    return { email, userId, own: own.token, thief: thief.token, thiefsSession: thief.sessionId, token };
  };
  const show = (token: string, accept = BROWSER) =>
    app.anonymous.get(PATH).query({ token }).set('Accept', accept);
  const deny = (token: string, headers: Record<string, string> = { 'Sec-Fetch-Site': 'same-origin' }) =>
    app.anonymous
      .post(`${PATH}/denial`)
      .type('form')
      .set({ Accept: BROWSER, ...headers })
      .send({ token });
  const resetsTo = (email: string) => app.mailbox.to(email, RESET_MAIL);

  describe('GET', () => {
    it('shows a page with the button', async () => {
      const { email, token } = await noticed();
      const { text, headers } = await show(token).expect(200);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['x-session-token']).toBeUndefined();
      expect(text).toContain('<form method="post" action="notice/denial">');
      expect(text).toContain(token);
      expect(text).toContain(email);
    });

    it('consumes nothing and ends nothing, whatever client opens the link (supabase/auth#713)', async () => {
      const { email, thief, token } = await noticed();
      for (const accept of [BROWSER, '*/*']) {
        await show(token, accept).expect(200);
        await app.anonymous.head(PATH).query({ token }).set('Accept', accept).expect(200);
      }
      await show(token, 'application/json').expect(204);
      await app.anonymous.get(PATH).query({ token }).set('Content-Type', 'application/json').expect(204);
      await app.as(thief).get('/me').expect(200);
      expect(await resetsTo(email)).toEqual([]);
      await deny(token).expect(200);
    });

    it('answers a dead link with a page, or with a problem if the client accepts JSON', async () => {
      const { token: used } = await noticed();
      await deny(used).expect(200);
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

  describe('POST denial', () => {
    it('ends that session and no earlier one, and says so on a page', async () => {
      const { email, own, thief, token } = await noticed();
      const { text, headers } = await deny(token).expect(200);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['x-session-token']).toBeUndefined();
      expect(readable(text)).toContain(said(noticesEn['sign_in_notice.done.title']));
      expect(text).toContain(email);
      await app.as(thief).get('/me').expect(401);
      await app.as(own).get('/me').expect(200);
    });

    it('mails a password reset, which ends everything else', async () => {
      const { email, own, token } = await noticed();
      await deny(token).expect(200);
      expect(await resetsTo(email)).toHaveLength(1);
      const reset = await app.mailbox.tokenTo(email, RESET_MAIL);
      await app.anonymous
        .put('/identity/password_reset')
        .send({ token: reset, ...NEW })
        .expect(200);
      await app.as(own).get('/me').expect(401);
      await elsewhere.post('/sign_in', { email, password: PASSWORD }).expect(401);
    });

    it('works once, and a second press is told that the first was enough', async () => {
      const { email, token } = await noticed();
      await deny(token).expect(200);
      expect(readable((await deny(token).expect(400)).text)).toContain(DONE_ALREADY);
      expect(await resetsTo(email)).toHaveLength(1);
    });

    it('works once for 50 requests at the same time, and mails one reset', async () => {
      const { email, token } = await noticed();
      const answers = await Promise.all(Array.from({ length: 50 }, () => deny(token)));
      const statuses = answers.map(({ status }) => status);
      expect([...statuses].sort()).toEqual([200, ...Array<number>(49).fill(400)]);
      expect(await resetsTo(email)).toHaveLength(1);
    });

    it('works after a thief sets a new password, requests another address and renews the session', async () => {
      const { email, thief, thiefsSession, token } = await noticed();
      const api = app.as(thief);
      await api
        .put('/password')
        .send({ current_password: PASSWORD, ...NEW })
        .expect(200);
      await api
        .put('/identity/email')
        .send({ current_password: NEW.password, email: app.newEmail() })
        .expect(200);
      const renewal = await api.post('/sessions/current/renewal').expect(201);
      const renewed = app.as(String(renewal.headers['x-session-token']));
      expect((await renewed.get('/sessions/current').expect(200)).body).toMatchObject({ id: thiefsSession });
      await show(token).expect(200);
      await deny(token).expect(200);
      await renewed.get('/me').expect(401);
      expect(await resetsTo(email)).toHaveLength(1);
    });

    it('mails the reset although the session has ended already', async () => {
      for (const path of ['/sessions/current', '/sessions']) {
        const { email, thief, token } = await noticed();
        await app.as(thief).delete(path).expect(204);
        await show(token).expect(200);
        await deny(token).expect(200);
        expect(await resetsTo(email)).toHaveLength(1);
      }
    });

    it('ends every session that began later, also when the reported one has ended', async () => {
      const { email, own, thief, token } = await noticed();
      await app.as(thief).delete('/sessions/current').expect(204);
      const later = [await elsewhere.signIn(email), await home.signIn(email)];
      const other = await noticed();
      await deny(token).expect(200);
      for (const session of later) await app.as(session.token).get('/me').expect(401);
      await app.as(own).get('/me').expect(200);
      await app.as(other.thief).get('/me').expect(200);
    });

    it('tells the features since which session to remove what was added', async () => {
      const facts: UserFact[] = [];
      app.get(UserEvents).listen({
        onUserFact: (fact) => {
          if (fact.action === 'taken_back') facts.push(fact);
          return Promise.resolve();
        },
      });
      const { userId, thief, thiefsSession, token } = await noticed();
      await app.as(thief).delete('/sessions/current').expect(204);
      await deny(token).expect(200);
      expect(facts).toMatchObject([{ user: { id: userId }, since: { session: thiefsSession } }]);
    });

    it('drops a requested address, whose link the attacker may have', async () => {
      const { own, thief, token } = await noticed();
      const email = app.newEmail();
      await app.as(thief).put('/identity/email').send({ current_password: PASSWORD, email }).expect(200);
      const link = await app.mailbox.tokenTo(email);
      await deny(token).expect(200);
      await app.anonymous.put('/identity/email_verification').send({ email, token: link }).expect(400);
      expect((await app.as(own).get('/me').expect(200)).body).toMatchObject({ unconfirmed_email: null });
    });

    it('voids the notices of later sessions', async () => {
      const { email, token } = await noticed();
      await new Visitor(app, CHROME, ELSEWHERE).signIn(email);
      const second = await app.mailbox.tokenTo(email, NOTICE);
      expect(second).not.toBe(token);
      await deny(token).expect(200);
      await deny(second).expect(400);
    });

    it('voids a password that was set since, which would let the thief end every reset (ASVS 6.4.3)', async () => {
      const { email, own, thief, token } = await noticed();
      await app
        .as(thief)
        .put('/password')
        .send({ current_password: PASSWORD, ...NEW })
        .expect(200);
      await app.as(own).get('/me').expect(401);
      await deny(token).expect(200);
      await elsewhere.post('/sign_in', { email, password: NEW.password }).expect(401);
      const reset = await app.mailbox.tokenTo(email, RESET_MAIL);
      await app.anonymous
        .put('/identity/password_reset')
        .send({ token: reset, ...NEW })
        .expect(200);
    });

    it('keeps a password that was not changed since, or that its owner set by a reset', async () => {
      const [untouched, reset] = [await noticed(), await noticed()];
      await deny(untouched.token).expect(200);
      await home.signIn(untouched.email);
      const api = app.as(reset.thief);
      await api
        .put('/password')
        .send({ current_password: PASSWORD, ...NEW })
        .expect(200);
      await app.anonymous.post('/identity/password_reset').send({ email: reset.email }).expect(204);
      const link = await app.mailbox.tokenTo(reset.email, RESET_MAIL);
      const back = { password: PASSWORD, password_confirmation: PASSWORD };
      await app.anonymous
        .put('/identity/password_reset')
        .send({ token: link, ...back })
        .expect(200);
      await deny(reset.token).expect(200);
      await home.signIn(reset.email);
    });

    it('leaves the notice of an earlier session alone', async () => {
      const { email, thief, token } = await noticed();
      await new Visitor(app, CHROME, ELSEWHERE).signIn(email);
      await deny(await app.mailbox.tokenTo(email, NOTICE)).expect(200);
      await app.as(thief).get('/me').expect(200);
      await deny(token).expect(200);
      await app.as(thief).get('/me').expect(401);
    });

    it('makes the device unknown again: its next sign-in is reported', async () => {
      const { email, token } = await noticed();
      await deny(token).expect(200);
      await elsewhere.signIn(email);
      expect(await app.mailbox.tokenTo(email, NOTICE)).not.toBe(token);
      await home.signIn(email);
      const notices = await app.mailbox.to(email, NOTICE);
      expect(notices).toHaveLength(2);
    });

    it('makes a device without a name in the same network unknown, too', async () => {
      const { email, token } = await noticed();
      const unnamed = new Visitor(app, null, ELSEWHERE);
      await unnamed.signIn(email);
      expect(await app.mailbox.tokenTo(email, NOTICE)).toBe(token);
      await deny(token).expect(200);
      await unnamed.signIn(email);
      expect(await app.mailbox.tokenTo(email, NOTICE)).not.toBe(token);
    });

    it('ends every link about that device: two mails have two links', async () => {
      const { email, userId, thiefsSession, token } = await noticed();
      const again = {
        message: SIGN_IN_NOTICE_MAIL,
        realm: ROOT_REALM_ID,
        address: email,
        userId,
        client: { userAgent: FIREFOX, ipAddress: ELSEWHERE, locale: 'en' },
        facts: { session: String(thiefsSession) },
      };
      await app.get(Database).transaction((manager) => app.get(MailQueue).enqueue(manager, again));
      const second = await app.mailbox.tokenTo(email, NOTICE);
      expect(second).not.toBe(token);
      await deny(token).expect(200);
      await deny(second).expect(400);
      expect(await resetsTo(email)).toHaveLength(1);
    });

    it('accepts a post from its own page only', async () => {
      const { email, thief, token } = await noticed();
      const strangers = [
        { 'Sec-Fetch-Site': 'cross-site', Origin: 'http://app.test' },
        { 'Sec-Fetch-Site': 'same-site' },
        { Origin: 'https://evil.test' },
        { Origin: 'null' },
      ];
      for (const headers of strangers) {
        const { text } = await deny(token, headers as never).expect(400);
        expect(text).not.toContain(token);
      }
      await app.as(thief).get('/me').expect(200);
      expect(await resetsTo(email)).toEqual([]);
      await deny(token, { Origin: 'http://app.test' }).expect(200);
    });

    it('accepts only a form with one token', async () => {
      const { thief, token } = await noticed();
      await app.anonymous.post(`${PATH}/denial`).send({ token }).expect(415);
      for (const form of [{}, { token: '' }, { token: ['x', 'y'] }]) {
        await app.anonymous.post(`${PATH}/denial`).type('form').send(form).expect(400);
      }
      await app.as(thief).get('/me').expect(200);
    });

    it('works for 7 days, by the database’s clock', async () => {
      const [early, late] = [await noticed(), await noticed()];
      await letTimePass(app, '6 days 23 hours');
      await show(early.token).expect(200);
      await deny(early.token).expect(200);
      await letTimePass(app, '1 hour');
      await show(late.token).expect(400);
      await deny(late.token).expect(400);
      await app.as(late.thief).get('/me').expect(200);
      const count = 'SELECT 1 FROM authentication.sign_in_notices WHERE user_id = $1';
      expect(await app.query(count, [late.userId])).toHaveLength(1);
      await app.get(Sweeper).sweep();
      expect(await app.query(count, [late.userId])).toEqual([]);
    });

    /** A thief who has changed the password and the address, and signed in again. @returns the notice at the new address */
    const robbed = async () => {
      const victim = await noticed();
      const email = app.newEmail();
      const api = app.as(victim.thief);
      await api
        .put('/password')
        .send({ current_password: PASSWORD, ...NEW })
        .expect(200);
      await api.put('/identity/email').send({ current_password: NEW.password, email }).expect(200);
      const link = await app.mailbox.tokenTo(email);
      await app.anonymous.put('/identity/email_verification').send({ email, token: link }).expect(204);
      const again = await new Visitor(app, CHROME, ELSEWHERE).signIn(email, NEW.password);
      return { ...victim, thiefs: email, again, counter: await app.mailbox.tokenTo(email, NOTICE) };
    };

    it('takes an address back that was changed since, and ends all access', async () => {
      const { email, userId, thiefs, again, token } = await robbed();
      await show(token).expect(200);
      expect((await deny(token).expect(200)).text).toContain(email);
      await app.as(again.token).get('/me').expect(401);
      await elsewhere.post('/sign_in', { email: thiefs, password: NEW.password }).expect(401);
      await elsewhere.post('/sign_in', { email, password: NEW.password }).expect(401);
      const reset = await app.mailbox.tokenTo(email, RESET_MAIL);
      const { body } = await app.anonymous
        .put('/identity/password_reset')
        .send({ token: reset, ...NEW })
        .expect(200);
      expect(body).toMatchObject({ id: userId, email, verified: true });
    });

    it('voids what the thief got at the new address: notices and reversals (no way back)', async () => {
      const { email, thiefs, again, counter, token } = await robbed();
      await app
        .as(again.token)
        .put('/identity/email')
        .send({ current_password: NEW.password, email: app.newEmail() })
        .expect(200);
      const reversal = await app.mailbox.tokenTo(thiefs, CHANGE_MAIL);
      await deny(token).expect(200);
      await deny(counter).expect(400);
      await app.anonymous.post('/identity/email/reversal').type('form').send({ token: reversal }).expect(400);
      await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
      expect(await resetsTo(thiefs)).toEqual([]);
      expect((await resetsTo(email)).length).toBeGreaterThan(0);
    });

    it('is no way for a thief to keep an account whose owner used the reversal', async () => {
      const { email, thiefs, counter } = await robbed();
      const reversal = await app.mailbox.tokenTo(email, CHANGE_MAIL);
      await app.anonymous.post('/identity/email/reversal').type('form').send({ token: reversal }).expect(200);
      await deny(counter).expect(400);
      expect(await resetsTo(thiefs)).toEqual([]);
    });

    it('voids a reversal of the thief, also when the owner confirmed the old address again', async () => {
      const { email, thiefs, again, token } = await robbed();
      const change = { current_password: NEW.password, email };
      await app.as(again.token).put('/identity/email').send(change).expect(200);
      const link = await app.mailbox.tokenTo(email, VERIFICATION_MAIL);
      await app.anonymous.put('/identity/email_verification').send({ email, token: link }).expect(204);
      const reversal = await app.mailbox.tokenTo(thiefs, CHANGE_MAIL);
      await deny(token).expect(200);
      await app.anonymous.post('/identity/email/reversal').type('form').send({ token: reversal }).expect(400);
    });

    it('works for a suspended user, and not for a deleted one', async () => {
      const [suspended, gone] = [await noticed(), await noticed()];
      await app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [
        suspended.userId,
      ]);
      await deny(suspended.token).expect(200);
      await app.as(gone.own).delete('/me').send({ current_password: PASSWORD }).expect(204);
      await show(gone.token).expect(400);
      await deny(gone.token).expect(400);
    });

    it('accepts no token of another purpose, and its own token is refused elsewhere (ASVS 6.6.2)', async () => {
      const { email, own, token } = await noticed();
      await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
      await deny(await app.mailbox.tokenTo(email, RESET_MAIL)).expect(400);
      await deny(own).expect(400);
      await app.anonymous
        .put('/identity/password_reset')
        .send({ token, ...NEW })
        .expect(400);
      await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(400);
      await app.as(token).get('/me').expect(401);
      await deny(token).expect(200);
    });

    it('keeps no token in clear in the database', async () => {
      const { token } = await noticed();
      const rows = await app.query<{ row: string }>(
        `SELECT n::text AS row FROM authentication.sign_in_notices n
         UNION ALL SELECT data::text FROM authentication_jobs.job`,
      );
      expect(rows.length).toBeGreaterThan(0);
      for (const { row } of rows) expect(row).not.toContain(token);
    });
  });
});

describe('sessions/notice in realms', () => {
  it('finds the realm by the token, and refuses the token in another realm', async () => {
    const app = await startApplication({ features: [...FEATURES, RealmsFeature], variables: VARIABLES });
    const email = app.newEmail();
    const form = { email, password: PASSWORD, password_confirmation: PASSWORD };
    const [home, elsewhere] = [new Visitor(app, CHROME, HOME), new Visitor(app, FIREFOX, ELSEWHERE)];
    await home.post('/sign_up', form).set('X-Realm', 'Red').expect(201);
    await app.markVerified(email);
    const { headers } = await elsewhere.post('/sign_in', form).set('X-Realm', 'Red').expect(201);
    expect((await app.mailbox.to(email))[0]!.subject).toBe(
      said(noticesEn['sign_in_notice.mail.subject'], { app: 'Red' }),
    );
    const token = await app.mailbox.tokenTo(email, NOTICE);
    await app.anonymous.get(PATH).set('X-Realm', 'Blue').query({ token }).expect(400);
    const post = () => app.anonymous.post(`${PATH}/denial`).type('form');
    await post().set('X-Realm', 'Blue').send({ token }).expect(400);
    await app.anonymous.get(PATH).query({ token }).expect(200);
    await post().send({ token }).expect(200);
    const thief = String(headers['x-session-token']);
    await app.as(thief).get('/me').set('X-Realm', 'Red').expect(401);
    expect((await app.mailbox.to(email))[0]!.subject).toBe(
      said(identityEn['password_reset.mail.subject'], { app: 'Red' }),
    );
    await app.close();
  });
});

describe('guessing a token at sessions/notice', () => {
  it('is throttled after 30 tries a minute, of the page and its button together', async () => {
    const app = await startApplication({ variables: { THROTTLE_FACTOR: '1' } });
    for (let attempt = 0; attempt < 15; attempt += 1) {
      await app.anonymous.get(PATH).query({ token: 'guess' }).expect(400);
      await app.anonymous.post(`${PATH}/denial`).type('form').send({ token: 'guess' }).expect(400);
    }
    await app.anonymous.get(PATH).query({ token: 'guess' }).expect(429);
    await app.anonymous.post(`${PATH}/denial`).type('form').send({ token: 'guess' }).expect(429);
    await app.close();
  });
});

describe('sessions/notice, with real limits', () => {
  it('mails the reset that the page promises, although other requests have used up the limit', async () => {
    const limited = await startApplication({ variables: { ...VARIABLES, THROTTLE_FACTOR: '1' } });
    try {
      const email = limited.newEmail();
      await limited.signUp(email);
      await limited.markVerified(email);
      await new Visitor(limited, CHROME, HOME).signIn(email);
      await new Visitor(limited, FIREFOX, ELSEWHERE).signIn(email);
      const token = await limited.mailbox.tokenTo(email, NOTICE);
      const resets = () => limited.mailbox.to(email, RESET_MAIL);
      for (let asked = 0; asked < 4; asked += 1)
        await limited.anonymous.post('/identity/password_reset').send({ email }).expect(204);
      expect(await resets()).toHaveLength(3);
      await limited.anonymous
        .post(`${PATH}/denial`)
        .type('form')
        .set('Sec-Fetch-Site', 'same-origin')
        .send({ token });
      expect(await resets()).toHaveLength(4);
    } finally {
      await limited.close();
    }
  });

  it('reports the next sign-in after the button, although a thief had used up the limit and many devices', async () => {
    const limited = await startApplication({ variables: { ...VARIABLES, THROTTLE_FACTOR: '1' } });
    try {
      const owner = await new Visitor(limited, CHROME, HOME).signUp();
      const thieves = Array.from({ length: 12 }, (_, at) => new Visitor(limited, `Thief${at}/1`, ELSEWHERE));
      let oldest = '';
      for (const thief of thieves) {
        await thief.signIn(owner.email);
        oldest = oldest || (await limited.mailbox.tokenTo(owner.email, NOTICE));
      }
      const notices = () => limited.mailbox.to(owner.email, NOTICE);
      expect(await notices()).toHaveLength(10);
      await limited.anonymous
        .post(`${PATH}/denial`)
        .type('form')
        .set('Sec-Fetch-Site', 'same-origin')
        .send({ token: oldest })
        .expect(200);
      await thieves.at(-1)?.signIn(owner.email);
      expect(await notices()).toHaveLength(11);
    } finally {
      await limited.close();
    }
  });
});
