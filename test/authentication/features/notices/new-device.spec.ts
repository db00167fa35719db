import { FEATURES } from '../../../../src/authentication/authentication.module.js';
import { Database } from '../../../../src/authentication/core/database/database.js';
import { MailQueue } from '../../../../src/authentication/core/mail/mail-queue.js';
import { ROOT_REALM_ID } from '../../../../src/authentication/core/realms/realm.js';
import { Sweeper } from '../../../../src/authentication/core/sweeping/sweeper.js';
import { noticesEn } from '../../../../src/authentication/features/notices/notices.en.js';
import { NoticesModule } from '../../../../src/authentication/features/notices/notices.module.js';
import { SIGN_IN_NOTICE_MAIL } from '../../../../src/authentication/features/notices/sign-in-notice.mail.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';
import { KeywordFeature } from '../../../support/features/keyword.feature.js';
import { Witness, WitnessFeature } from '../../../support/features/witness.feature.js';
import { readable, RESET_MAIL, said } from '../../../support/texts.js';
import { CHROME, ELSEWHERE, FIREFOX, HOME, NOTICE, VARIABLES, Visitor } from './visitors.js';

const NEW = { password: 'four other words, quite new', password_confirmation: 'four other words, quite new' };

const noticesTo = (app: TestApplication, email: string) => app.mailbox.to(email, NOTICE);

const deviceLine = (device: string) => said(noticesEn['sign_in_notice.mail.device'], { device });

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

  it('that signed up is not reported', async () => {
    const { email, userId } = await home.signUp();
    await home.signIn(email);
    await home.signIn(email);
    expect(await notices(email)).toEqual([]);
    expect(await devicesOf(userId)).toEqual([{ family: 'chrome', network: '192.0.2.0/24' }]);
  });

  it('that is new is reported to the owner: which device, where, when, and what to do (ASVS 6.3.7)', async () => {
    const { email } = await home.signUp();
    const before = Date.now();
    await elsewhere.signIn(email);
    const [notice, ...others] = await notices(email);
    expect(others).toEqual([]);
    expect(notice!.subject).toBe(said(noticesEn['sign_in_notice.mail.subject'], { app: 'Acme' }));
    const text = readable(notice!.text);
    const firefox = { browser: 'Firefox', system: 'Linux' };
    expect(text).toContain(deviceLine(said(noticesEn['sign_in_notice.browser_on_system'], firefox)));
    expect(text).toContain(said(noticesEn['sign_in_notice.mail.address'], { address: ELSEWHERE }));
    const [time, day, minute] = /([A-Z][a-z]+ \d+, \d{4}) at (\d\d:\d\d) UTC/.exec(text) ?? [];
    expect(text).toContain(said(noticesEn['sign_in_notice.mail.time'], { time: time! }));
    expect(Math.abs(Date.parse(`${day} ${minute} UTC`) - before)).toBeLessThan(120_000);
    const [link] = /https?:\/\/\S+/.exec(notice!.text) ?? [];
    expect(link).toMatch(/^http:\/\/app\.test\/sessions\/notice\?token=[\w-]{43}$/);
    expect(notice!.html).toContain(link!.slice(-43));
  });

  it('is reported once: from then on the device is known', async () => {
    const { email, userId } = await home.signUp();
    for (let time = 0; time < 3; time += 1) await elsewhere.signIn(email);
    await home.signIn(email);
    expect(await notices(email)).toHaveLength(1);
    expect(await devicesOf(userId)).toHaveLength(2);
  });

  it('with another browser is new, and so is one in another network', async () => {
    const { email } = await home.signUp();
    await new Visitor(app, FIREFOX, HOME).signIn(email);
    expect(await notices(email)).toHaveLength(1);
    await new Visitor(app, CHROME, ELSEWHERE).signIn(email);
    expect(await notices(email)).toHaveLength(2);
  });

  it('that has no name is new only in a network that is not known', async () => {
    const { email } = await home.signUp();
    await new Visitor(app, null, HOME).signIn(email);
    expect(await notices(email)).toEqual([]);
    await new Visitor(app, null, ELSEWHERE).signIn(email);
    const [notice] = await notices(email);
    expect(readable(notice!.text)).toContain(deviceLine(said(noticesEn['sign_in_notice.unknown'])));
    await elsewhere.signIn(email);
    expect(await notices(email)).toHaveLength(2);
  });

  it('that is known stays known after an update, and at another address of its network', async () => {
    const { email } = await home.signUp();
    await new Visitor(app, CHROME.replace(/126/g, '127'), '192.0.2.250').signIn(email);
    expect(await notices(email)).toEqual([]);
    await new Visitor(app, CHROME, '2001:db8:1:2::3').signIn(email);
    expect(await notices(email)).toHaveLength(1);
    await new Visitor(app, CHROME, '2001:db8:1:ffff:a::').signIn(email);
    await new Visitor(app, CHROME, '::ffff:192.0.2.9').signIn(email);
    expect(await notices(email)).toHaveLength(1);
  });

  it('of a user without any known device is remembered but not reported; the next device is reported', async () => {
    const { email, userId } = await home.signUp();
    await app.query('DELETE FROM authentication.known_devices WHERE user_id = $1', [userId]);
    await elsewhere.signIn(email);
    expect(await notices(email)).toEqual([]);
    await home.signIn(email);
    expect(await notices(email)).toHaveLength(1);
  });

  it('with a further step is reported when the session starts and not before', async () => {
    const { email } = await home.signUp();
    const { token } = await home.signIn(email);
    await app.as(token).put('/keyword').send({ keyword: 'swordfish' }).expect(204);
    const { body } = await elsewhere.post('/sign_in', { email, password: PASSWORD }).expect(401);
    expect(await notices(email)).toEqual([]);
    const { challenge_token } = body as { challenge_token: string };
    await elsewhere.post('/sign_in/keyword', { challenge_token, keyword: 'swordfish' }).expect(201);
    expect(await notices(email)).toHaveLength(1);
  });

  it('that has a wrong password is neither reported nor remembered', async () => {
    const { email, userId } = await home.signUp();
    await elsewhere.post('/sign_in', { email, password: 'not the password' }).expect(401);
    expect(await notices(email)).toEqual([]);
    expect(await devicesOf(userId)).toHaveLength(1);
  });

  it('is reported once when 20 sign-ins come from it at the same time', async () => {
    const { email } = await home.signUp();
    await Promise.all(Array.from({ length: 20 }, () => elsewhere.signIn(email)));
    expect(await notices(email)).toHaveLength(1);
  });

  it('that another user used is new to this user', async () => {
    const [ada, eve] = [await home.signUp(), await elsewhere.signUp()];
    await elsewhere.signIn(ada.email);
    expect(await notices(ada.email)).toHaveLength(1);
    expect(await notices(eve.email)).toEqual([]);
  });

  it('is reported with a link to the host of the settings, whatever host the request names (GHSA-3529-5m8x-rpv3)', async () => {
    const { email } = await home.signUp();
    await elsewhere
      .post('/sign_in', { email, password: PASSWORD })
      .set({ Host: 'evil.test', 'X-Forwarded-Host': 'evil.test', Forwarded: 'host=evil.test' })
      .expect(201);
    expect((await app.mailbox.linkTo(email, NOTICE)).host).toBe('app.test');
  });

  it('cannot put a link or markup into the mail through its user agent', async () => {
    const { email } = await home.signUp();
    await new Visitor(app, 'https://evil.test/click <b>now</b>', ELSEWHERE).signIn(email);
    await new Visitor(app, 'evil.test <b>now</b>', ELSEWHERE).signIn(email);
    const [second, first] = await notices(email);
    expect(readable(first!.text)).toContain(deviceLine('https'));
    expect(readable(second!.text)).toContain(deviceLine('evil test b now'));
    for (const { text, html } of [first!, second!]) expect(`${text}${html}`).not.toMatch(/evil\.test|<b>/);
  });

  it('is not reported to an address that the user no longer has, when its mail is sent late', async () => {
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

  it('that was not used for 400 days is forgotten, swept or not, and reported again', async () => {
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

  it('that was known before a takeover is forgotten: it may not be the owner’s (pre-hijacking)', async () => {
    const { email, userId } = await elsewhere.signUp();
    await new Visitor(app, 'attacker/1', ELSEWHERE).signIn(email);
    const link = await app.mailbox.tokenTo(email, NOTICE);
    await app.query('UPDATE authentication.users SET verified = false WHERE id = $1', [userId]);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const token = await app.mailbox.tokenTo(email, RESET_MAIL);
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

  it('that is known stays known after a reset through a verified address', async () => {
    const { email } = await home.signUp({ verified: false });
    const verification = await app.mailbox.tokenTo(email);
    await app.anonymous.put('/identity/email_verification').send({ email, token: verification }).expect(204);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const token = await app.mailbox.tokenTo(email, RESET_MAIL);
    await app.anonymous
      .put('/identity/password_reset')
      .send({ token, ...NEW })
      .expect(200);
    await home.signIn(email, NEW.password);
    expect(await notices(email)).toEqual([]);
  });

  it('is deleted with its user, and its notice too', async () => {
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
  it('is queued in the transaction that starts the session, and rolled back with it', async () => {
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

  it('is mailed ten times an hour, whatever user agents a thief sends', async () => {
    const app = await startApplication({ variables: { ...VARIABLES, THROTTLE_FACTOR: '1' } });
    const { email } = await new Visitor(app, CHROME, HOME).signUp();
    for (let name = 0; name < 13; name += 1) {
      await new Visitor(app, `thief${String.fromCharCode(97 + name)}/1`, ELSEWHERE).signIn(email);
    }
    expect(await noticesTo(app, email)).toHaveLength(10);
    await letTimePass(app, '1 hour');
    await new Visitor(app, 'thief/1', ELSEWHERE).signIn(email);
    expect(await noticesTo(app, email)).toHaveLength(11);
    await app.close();
  });

  it('is not mailed to an address that was never verified: somebody else may have registered it', async () => {
    const app = await startApplication({ variables: VARIABLES });
    const { email, userId } = await new Visitor(app, CHROME, HOME).signUp({ verified: false });
    await new Visitor(app, FIREFOX, ELSEWHERE).signIn(email);
    expect(await noticesTo(app, email)).toEqual([]);
    const notices = 'SELECT 1 FROM authentication.sign_in_notices WHERE user_id = $1';
    expect(await app.query(notices, [userId])).toEqual([]);
    await app.close();
  });

  it('links to a page under the route prefix', async () => {
    const app = await startApplication({ variables: { ...VARIABLES, ROUTE_PREFIX: 'api/auth' } });
    const email = app.newEmail();
    const form = { email, password: PASSWORD, password_confirmation: PASSWORD };
    await new Visitor(app, CHROME, HOME).post('/api/auth/sign_up', form).expect(201);
    await app.markVerified(email);
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
