import { FEATURES } from '../../../../src/authentication/authentication.module.js';
import { Database } from '../../../../src/authentication/core/database/database.js';
import { MailQueue } from '../../../../src/authentication/core/mail/mail-queue.js';
import { ROOT_REALM_ID } from '../../../../src/authentication/core/realms/realm.js';
import { Sweeper } from '../../../../src/authentication/core/sweeping/sweeper.js';
import { NoticesModule } from '../../../../src/authentication/features/notices/notices.module.js';
import { SIGN_IN_NOTICE_MAIL } from '../../../../src/authentication/features/notices/sign-in-notice.mail.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';
import { KeywordFeature } from '../../../support/features/keyword.feature.js';
import { Witness, WitnessFeature } from '../../../support/features/witness.feature.js';
import { CHROME, ELSEWHERE, FIREFOX, HOME, NOTICE, VARIABLES, Visitor } from './visitors.js';

const NEW = { password: 'four other words, quite new', password_confirmation: 'four other words, quite new' };

const noticesTo = async (app: TestApplication, email: string) =>
  (await app.mailbox.to(email)).filter(({ subject }) => NOTICE.test(subject));

describe('A sign-in from a device', () => {
  let app: TestApplication;
  let home: Visitor;
  let elsewhere: Visitor;

  beforeAll(async () => {
    app = await startApplication({ features: [...FEATURES, KeywordFeature], variables: VARIABLES });
    home = new Visitor(app, CHROME, HOME);
    elsewhere = new Visitor(app, FIREFOX, ELSEWHERE);
  });
  afterAll(() => app.close());

  const notices = (email: string) => noticesTo(app, email);
  const devicesOf = (userId: number) =>
    app.query<{ family: string; network: string }>(
      'SELECT family, network FROM authentication.known_devices WHERE user_id = $1 ORDER BY family, network',
      [userId],
    );

  it('that signed up is not told', async () => {
    const { email, userId } = await home.signUp();
    await home.signIn(email);
    await home.signIn(email);
    expect(await notices(email)).toEqual([]);
    expect(await devicesOf(userId)).toEqual([{ family: 'chrome', network: '192.0.2.0/24' }]);
  });

  it('that is new is told to the owner: which, where, when, and what to do (ASVS 6.3.7)', async () => {
    const { email } = await home.signUp();
    const before = Date.now();
    await elsewhere.signIn(email);
    const [notice, ...others] = await notices(email);
    expect(others).toEqual([]);
    expect(notice!.subject).toBe('New sign-in to your account at Acme');
    expect(notice!.text).toContain('Device: Firefox on Linux\n');
    expect(notice!.text).toContain(`Address: ${ELSEWHERE}\n`);
    const [, day, minute] = /^Time: (.+) at (\S+) UTC$/m.exec(notice!.text) ?? [];
    expect(Math.abs(Date.parse(`${day} ${minute} UTC`) - before)).toBeLessThan(120_000);
    const [link] = /https?:\/\/\S+/.exec(notice!.text) ?? [];
    expect(link).toMatch(/^http:\/\/app\.test\/sessions\/notice\?token=[\w-]{43}$/);
    expect(notice!.html).toContain(link!.slice(-43));
  });

  it('is told once: from then on it is known', async () => {
    const { email, userId } = await home.signUp();
    for (let time = 0; time < 3; time += 1) await elsewhere.signIn(email);
    await home.signIn(email);
    expect(await notices(email)).toHaveLength(1);
    expect(await devicesOf(userId)).toHaveLength(2);
  });

  it('is new with another browser, and in another network', async () => {
    const { email } = await home.signUp();
    await new Visitor(app, FIREFOX, HOME).signIn(email);
    expect(await notices(email)).toHaveLength(1);
    await new Visitor(app, CHROME, ELSEWHERE).signIn(email);
    expect(await notices(email)).toHaveLength(2);
  });

  it('that does not name itself is new in a new network alone', async () => {
    const { email } = await home.signUp();
    await new Visitor(app, null, HOME).signIn(email);
    expect(await notices(email)).toEqual([]);
    await new Visitor(app, null, ELSEWHERE).signIn(email);
    const [notice] = await notices(email);
    expect(notice!.text).toContain('Device: unknown\n');
    await elsewhere.signIn(email);
    expect(await notices(email)).toHaveLength(2);
  });

  it('stays known through an update, and another address of its network', async () => {
    const { email } = await home.signUp();
    await new Visitor(app, CHROME.replaceAll('126', '127'), '192.0.2.250').signIn(email);
    expect(await notices(email)).toEqual([]);
    await new Visitor(app, CHROME, '2001:db8:1:2::3').signIn(email);
    expect(await notices(email)).toHaveLength(1);
    await new Visitor(app, CHROME, '2001:db8:1:ffff:a::').signIn(email);
    await new Visitor(app, CHROME, '::ffff:192.0.2.9').signIn(email);
    expect(await notices(email)).toHaveLength(1);
  });

  it('of a user who is older than this feature is remembered in silence, the next one told', async () => {
    const { email, userId } = await home.signUp();
    await app.query('DELETE FROM authentication.known_devices WHERE user_id = $1', [userId]);
    await elsewhere.signIn(email);
    expect(await notices(email)).toEqual([]);
    await home.signIn(email);
    expect(await notices(email)).toHaveLength(1);
  });

  it('is told for any door, when the session starts and not before', async () => {
    const { email } = await home.signUp();
    const { token } = await home.signIn(email);
    await app.as(token).put('/keyword').send({ keyword: 'swordfish' }).expect(204);
    const { body } = await elsewhere.post('/sign_in', { email, password: PASSWORD }).expect(401);
    expect(await notices(email)).toEqual([]);
    const { challenge_token } = body as { challenge_token: string };
    await elsewhere.post('/sign_in/keyword', { challenge_token, keyword: 'swordfish' }).expect(201);
    expect(await notices(email)).toHaveLength(1);
  });

  it('that fails is neither told nor remembered', async () => {
    const { email, userId } = await home.signUp();
    await elsewhere.post('/sign_in', { email, password: 'not the password' }).expect(401);
    expect(await notices(email)).toEqual([]);
    expect(await devicesOf(userId)).toHaveLength(1);
  });

  it('is told once when 20 sign in from it at once', async () => {
    const { email } = await home.signUp();
    await Promise.all(Array.from({ length: 20 }, () => elsewhere.signIn(email)));
    expect(await notices(email)).toHaveLength(1);
  });

  it('is no other user’s device', async () => {
    const [ada, eve] = [await home.signUp(), await elsewhere.signUp()];
    await elsewhere.signIn(ada.email);
    expect(await notices(ada.email)).toHaveLength(1);
    expect(await notices(eve.email)).toEqual([]);
  });

  it('is told with a link from the settings, whatever the request says (GHSA-3529-5m8x-rpv3)', async () => {
    const { email } = await home.signUp();
    await elsewhere
      .post('/sign_in', { email, password: PASSWORD })
      .set({ Host: 'evil.test', 'X-Forwarded-Host': 'evil.test', Forwarded: 'host=evil.test' })
      .expect(201);
    expect((await app.mailbox.linkTo(email, NOTICE)).host).toBe('app.test');
  });

  it('says of itself nothing that becomes a link or a sentence of ours', async () => {
    const { email } = await home.signUp();
    await new Visitor(app, 'https://evil.test/click <b>now</b>', ELSEWHERE).signIn(email);
    await new Visitor(app, 'evil.test <b>now</b>', ELSEWHERE).signIn(email);
    const [second, first] = await notices(email);
    expect(first!.text).toContain('Device: https\n');
    expect(second!.text).toContain('Device: evil test b now\n');
    for (const { html } of [first!, second!]) expect(html).not.toMatch(/evil\.test|<b>/);
  });

  it('is not told to an address that is the user’s no more, however late its mail is sent', async () => {
    const { email, userId } = await home.signUp();
    await elsewhere.signIn(email);
    expect(await notices(email)).toHaveLength(1);
    await app.query('UPDATE authentication.users SET email = $2 WHERE id = $1', [userId, app.newEmail()]);
    const late = {
      message: SIGN_IN_NOTICE_MAIL,
      realm: ROOT_REALM_ID,
      address: email,
      userId,
      client: { userAgent: FIREFOX, ipAddress: ELSEWHERE, locale: 'en' },
    };
    await app.get(Database).transaction((manager) => app.get(MailQueue).enqueue(manager, late));
    expect(await notices(email)).toHaveLength(1);
  });

  it('is forgotten after 400 days without it, swept or not, and told again', async () => {
    const { email, userId } = await home.signUp();
    await elsewhere.signIn(email);
    await letTimePass(app, '399 days');
    await home.signIn(email);
    await letTimePass(app, '1 day');
    await elsewhere.signIn(email);
    expect(await notices(email)).toHaveLength(2);
    await letTimePass(app, '399 days');
    await elsewhere.signIn(email);
    expect(await notices(email)).toHaveLength(2);
    await letTimePass(app, '1 day');
    await app.get(Sweeper).sweep();
    expect(await devicesOf(userId)).toEqual([{ family: 'firefox', network: '198.51.100.0/24' }]);
    await home.signIn(email);
    expect(await notices(email)).toHaveLength(3);
  });

  it('is forgotten with a takeover: what came before says nothing of the owner (pre-hijacking)', async () => {
    const { email, userId } = await elsewhere.signUp();
    await new Visitor(app, 'attacker/1', ELSEWHERE).signIn(email);
    const link = await app.mailbox.tokenTo(email, NOTICE);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const token = await app.mailbox.tokenTo(email, /^Choose/);
    await app.anonymous
      .put('/identity/password_reset')
      .send({ token, ...NEW })
      .expect(200);
    expect(await devicesOf(userId)).toEqual([]);
    await app.anonymous.get('/sessions/notice').query({ token: link }).expect(400);
    await home.signIn(email, NEW.password);
    expect(await notices(email)).toHaveLength(1);
    await elsewhere.signIn(email, NEW.password);
    expect(await notices(email)).toHaveLength(2);
  });

  it('stays known after a reset of a verified address', async () => {
    const { email } = await home.signUp();
    const verification = await app.mailbox.tokenTo(email);
    await app.anonymous.put('/identity/email_verification').send({ email, token: verification }).expect(204);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const token = await app.mailbox.tokenTo(email, /^Choose/);
    await app.anonymous
      .put('/identity/password_reset')
      .send({ token, ...NEW })
      .expect(200);
    await home.signIn(email, NEW.password);
    expect(await notices(email)).toEqual([]);
  });

  it('goes with its user, its notice too', async () => {
    const { email, userId } = await home.signUp();
    const { token } = await elsewhere.signIn(email);
    expect(await notices(email)).toHaveLength(1);
    await app.as(token).delete('/me').send({ current_password: PASSWORD }).expect(204);
    expect(await devicesOf(userId)).toEqual([]);
    const left = 'SELECT 1 FROM authentication.sign_in_notices WHERE user_id = $1';
    expect(await app.query(left, [userId])).toEqual([]);
  });
});

describe('The notice of a sign-in', () => {
  it('is queued in the transaction of the session, or neither is there', async () => {
    const app = await startApplication({ features: [NoticesModule, WitnessFeature], variables: VARIABLES });
    const { email, userId } = await new Visitor(app, CHROME, HOME).signUp();
    await app.mailbox.settled();
    const queued = async () => (await app.query('SELECT 1 FROM authentication_jobs.job')).length;
    const before = await queued();
    const elsewhere = new Visitor(app, FIREFOX, ELSEWHERE);
    app.get(Witness).failsAt = 'signed_in';
    await elsewhere.post('/sign_in', { email, password: PASSWORD }).expect(500);
    app.get(Witness).failsAt = null;
    expect(await queued()).toBe(before);
    const known = 'SELECT 1 FROM authentication.known_devices WHERE user_id = $1';
    expect(await app.query(known, [userId])).toHaveLength(1);
    await elsewhere.signIn(email);
    expect(await noticesTo(app, email)).toHaveLength(1);
    await app.close();
  });

  it('is mailed three times in 15 minutes, whatever name a thief takes', async () => {
    const app = await startApplication({ variables: { ...VARIABLES, THROTTLE_FACTOR: '1' } });
    const { email } = await new Visitor(app, CHROME, HOME).signUp();
    for (let name = 0; name < 6; name += 1) {
      await new Visitor(app, `thief${String.fromCharCode(97 + name)}/1`, ELSEWHERE).signIn(email);
    }
    expect(await noticesTo(app, email)).toHaveLength(3);
    await letTimePass(app, '15 minutes');
    await new Visitor(app, 'thief/1', ELSEWHERE).signIn(email);
    expect(await noticesTo(app, email)).toHaveLength(4);
    await app.close();
  });

  it('leads beneath the prefix of the routes', async () => {
    const app = await startApplication({ variables: { ...VARIABLES, ROUTE_PREFIX: 'api/auth' } });
    const email = app.newEmail();
    const form = { email, password: PASSWORD, password_confirmation: PASSWORD };
    await new Visitor(app, CHROME, HOME).post('/api/auth/sign_up', form).expect(201);
    await new Visitor(app, FIREFOX, HOME).post('/api/auth/sign_in', form).expect(201);
    const link = await app.mailbox.linkTo(email, NOTICE);
    expect(link.pathname).toBe('/api/auth/sessions/notice');
    const page = await app.anonymous.get(`${link.pathname}${link.search}`).expect(200);
    const [, action = ''] = /<form method="post" action="([^"]+)"/.exec(page.text) ?? [];
    const { pathname } = new URL(action, link);
    expect(pathname).toBe('/api/auth/sessions/notice/denial');
    const token = link.searchParams.get('token');
    await app.anonymous.post(pathname).type('form').send({ token }).expect(200);
    await app.close();
  });
});
