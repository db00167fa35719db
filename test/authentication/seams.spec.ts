import { httpEn } from '../../src/authentication/http/http.en.js';
import { authenticationDocument } from '../../src/authentication/http/openapi/document.js';
import { identityEn } from '../../src/authentication/identity/identity.en.js';
import { PASSWORD, SIGN_UP_FIELDS, startApplication, type TestApplication } from '../support/application.js';
import { letTimePass } from '../support/clock.js';
import { ForbiddenWordFeature } from '../support/features/forbidden-word.feature.js';
import { KeysFeature, ThingsModule } from '../support/features/keys.feature.js';
import { KeywordFeature } from '../support/features/keyword.feature.js';
import { LabelsFeature } from '../support/features/labels.feature.js';
import { HeaderRealms, RealmsFeature } from '../support/features/realms.feature.js';
import { Witness, WitnessFeature } from '../support/features/witness.feature.js';
import { patternOf, readable, RESET_MAIL, said, VERIFICATION_MAIL } from '../support/texts.js';

const FORM = { password: PASSWORD, password_confirmation: PASSWORD };
const NEW = { password: 'four other words, quite new', password_confirmation: 'four other words, quite new' };

/** Other spec files use the same database, and do not expect these tables. */
async function dropTables(app: TestApplication): Promise<void> {
  await app.query(
    'DROP TABLE IF EXISTS authentication.keyword_challenges, authentication.keywords, authentication.labels',
  );
  await app.query("DELETE FROM authentication.migrations WHERE name ~ '19000000000'");
}

describe('A SignInStep', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ features: [KeywordFeature] });
  });
  afterAll(async () => {
    await dropTables(app);
    await app.close();
  });

  const withKeyword = async () => {
    const person = await app.person();
    await app.as(person.token).put('/keyword').send({ keyword: 'abracadabra' }).expect(204);
    return person;
  };
  const challenge = async (email: string, password = PASSWORD) => {
    const { body, headers } = await app.anonymous.post('/sign_in').send({ email, password }).expect(401);
    expect(headers['x-session-token']).toBeUndefined();
    expect(body).toMatchObject({ code: 'keyword_required' });
    return (body as { challenge_token: string }).challenge_token;
  };
  const answer = (challenge_token: string, keyword = 'abracadabra') =>
    app.anonymous.post('/sign_in/keyword').send({ challenge_token, keyword });
  const sessionsOf = (userId: number) =>
    app.query('SELECT id FROM authentication.sessions WHERE user_id = $1', [userId]);

  it('is asked only after the right password, and starts no session yet', async () => {
    const { email, userId } = await withKeyword();
    const wrong = await app.anonymous
      .post('/sign_in')
      .send({ email, password: 'not the password' })
      .expect(401);
    expect(wrong.body).toMatchObject({ code: 'invalid_credentials' });
    await challenge(email);
    expect(await sessionsOf(userId)).toHaveLength(1);
  });

  it('starts a session for a user who passes it, once', async () => {
    const { email, userId } = await withKeyword();
    const token = await challenge(email);
    const { body, headers } = await answer(token).expect(201);
    expect(body).toMatchObject({ user_id: userId, current: true });
    await app.as(headers['x-session-token']).get('/me').expect(200);
    await answer(token).expect(400);
    expect(await sessionsOf(userId)).toHaveLength(2);
  });

  it('is not asked of a user without a challenge', async () => {
    const { email } = await app.signUp();
    await app.signIn(email);
  });

  it('cannot be passed with a challenge as a session token, a wrong answer or a token of another kind', async () => {
    const { email } = await withKeyword();
    const token = await challenge(email);
    await app.as(token).get('/me').expect(401);
    await app.anonymous
      .put('/identity/password_reset')
      .send({ token, ...NEW })
      .expect(400);
    await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(400);
    await answer(token, 'open sesame').expect(400);
    await answer(await app.mailbox.tokenTo(email)).expect(400);
  });

  it('has challenge tokens that expire', async () => {
    const { email } = await withKeyword();
    const token = await challenge(email);
    await letTimePass(app, '5 minutes');
    await answer(token).expect(400);
  });

  it('is not skipped by a password reset (ASVS 6.4.3), which ends open challenges', async () => {
    const { email } = await withKeyword();
    const open = await challenge(email);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const token = await app.mailbox.tokenTo(email, RESET_MAIL);
    const { headers } = await app.anonymous
      .put('/identity/password_reset')
      .send({ token, ...NEW })
      .expect(200);
    expect(headers['x-session-token']).toBeUndefined();
    await answer(open).expect(400);
    await answer(await challenge(email, NEW.password)).expect(201);
  });

  it('ends when the password that came before it is changed', async () => {
    const { email, token: session } = await withKeyword();
    const open = await challenge(email);
    await app
      .as(session)
      .put('/password')
      .send({ current_password: PASSWORD, ...NEW })
      .expect(200);
    await answer(open).expect(400);
  });

  it('refuses a user who was suspended while the challenge was open', async () => {
    const { email, userId } = await withKeyword();
    const token = await challenge(email);
    await app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [userId]);
    const { body } = await answer(token).expect(403);
    expect(body).toMatchObject({ code: 'account_suspended' });
  });

  it('has rows that are deleted together with their user', async () => {
    const { token, userId } = await withKeyword();
    await app.as(token).delete('/me').send({ current_password: PASSWORD }).expect(204);
    expect(await app.query('SELECT 1 FROM authentication.keywords WHERE user_id = $1', [userId])).toEqual([]);
  });
});

describe('Fields that a feature adds to a body', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ features: [KeywordFeature, LabelsFeature] });
  });
  afterAll(async () => {
    await dropTables(app);
    await app.close();
  });

  const signUp = (fields: object) => app.anonymous.post('/sign_up').send({ ...FORM, ...fields });
  const person = async () => {
    const email = app.newEmail();
    const { body } = await signUp({ email, plan: 'free' }).expect(201);
    return { email, userId: (body as { id: number }).id };
  };
  const labelsOf = (userId: number) =>
    app.query('SELECT session_id, label FROM authentication.labels WHERE user_id = $1 ORDER BY session_id', [
      userId,
    ]);

  it('are validated together with the other fields', async () => {
    const { body } = await signUp({ email: 'nobody', plan: 'golden' }).expect(422);
    expect(body).toMatchObject({
      code: 'wrong_parameters',
      errors: [
        { field: 'email', code: 'invalid' },
        { field: 'plan', code: 'invalid' },
      ],
    });
    const missing = await signUp({ email: app.newEmail() }).expect(422);
    expect(missing.body).toMatchObject({
      code: 'missing_parameters',
      errors: [{ field: 'plan', code: 'missing' }],
    });
    const long = await app.anonymous
      .post('/sign_in')
      .send({ email: app.newEmail(), password: PASSWORD, device_name: 'x'.repeat(21) })
      .expect(422);
    expect(long.body).toMatchObject({ errors: [{ field: 'device_name', code: 'too_long' }] });
  });

  it('leave every other field unknown, even a field of the other body', async () => {
    for (const field of ['device_name', 'extra', 'verified', '__proto__', 'constructor']) {
      const text = JSON.stringify({
        email: app.newEmail(),
        ...FORM,
        ...SIGN_UP_FIELDS,
        plan: 'free',
      }).replace('{', `{"${field}":{"plan":"paid"},`);
      const { body } = await app.anonymous
        .post('/sign_up')
        .type('json')
        .send(text)
        .expect(({ status }) => {
          if (status < 400 || status > 422) throw new Error(`${field} was answered ${status}`);
        });
      if (!field.startsWith('__')) expect(body).toMatchObject({ errors: [{ field, code: 'unknown' }] });
    }
  });

  it('are stored in the transaction of the sign-up', async () => {
    const { userId } = await person();
    expect(await labelsOf(userId)).toEqual([{ session_id: null, label: 'free' }]);
  });

  it('are stored in the transaction of the session, and roll it back when they cannot be stored', async () => {
    const { email, userId } = await person();
    const signIn = (device_name: string) =>
      app.anonymous.post('/sign_in').send({ email, password: PASSWORD, device_name });
    const { body } = await signIn('phone').expect(201);
    const session = (body as { id: number }).id;
    expect(await labelsOf(userId)).toContainEqual({ session_id: String(session), label: 'phone' });
    await signIn('unlucky').expect(500);
    const { body: refused } = await signIn('banned').expect(422);
    expect(refused).toMatchObject({ errors: [{ field: 'device_name', code: 'taken' }] });
    const sessions = await app.query('SELECT id FROM authentication.sessions WHERE user_id = $1', [userId]);
    expect(sessions).toEqual([{ id: String(session) }]);
  });

  it('are not checked for anybody who does not know the password', async () => {
    const { email } = await person();
    const { body } = await app.anonymous
      .post('/sign_in')
      .send({ email, password: 'not the password', device_name: 'banned' })
      .expect(401);
    expect(body).toMatchObject({ code: 'invalid_credentials' });
  });

  it('are kept while a challenge is open', async () => {
    const { email, userId } = await person();
    const { token } = await app.signIn(email);
    await app.as(token).put('/keyword').send({ keyword: 'abracadabra' }).expect(204);
    const challenged = await app.anonymous
      .post('/sign_in')
      .send({ email, password: PASSWORD, device_name: 'tablet' })
      .expect(401);
    expect((await labelsOf(userId)).map(({ label }) => label)).toEqual(['free']);
    const { body } = await app.anonymous
      .post('/sign_in/keyword')
      .send({ challenge_token: challenged.body.challenge_token, keyword: 'abracadabra' })
      .expect(201);
    expect(await labelsOf(userId)).toContainEqual({ session_id: String(body.id), label: 'tablet' });
  });
});

describe('A RealmResolver', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ features: [RealmsFeature] });
  });
  afterAll(() => app.close());

  const register = async (realm: string, email = app.newEmail()) => {
    await app.anonymous
      .post('/sign_up')
      .set('X-Realm', realm)
      .send({ email, ...FORM })
      .expect(201);
    const { headers, body } = await app.anonymous
      .post('/sign_in')
      .set('X-Realm', realm)
      .send({ email, password: PASSWORD })
      .expect(201);
    return { email, token: headers['x-session-token']!, userId: body.user_id as number };
  };

  it('keeps addresses unique within a realm, and separates the accounts of realms', async () => {
    const red = await register('Red');
    const blue = await register('Blue', red.email);
    expect(blue.userId).not.toBe(red.userId);
    for (const realm of ['Red', 'Blue']) {
      const { body } = await app.anonymous
        .post('/sign_up')
        .set('X-Realm', realm)
        .send({ email: red.email, ...FORM })
        .expect(422);
      expect(body).toMatchObject({ code: 'already_registered' });
    }
    await app.anonymous.post('/sign_in').send({ email: red.email, password: PASSWORD }).expect(401);
  });

  it('lets the guard refuse a session of another realm', async () => {
    const { token } = await register('Red');
    await app.as(token).get('/me').set('X-Realm', 'Red').expect(200);
    for (const realm of ['Blue', 'Acme']) await app.as(token).get('/me').set('X-Realm', realm).expect(401);
    await app.as(token).get('/me').expect(401);
  });

  it('refuses a request on every route, before anything else is checked', async () => {
    const { token } = await register('Red');
    const { paths } = authenticationDocument(app.nest, { info: { title: 'Realms', version: '1' } });
    const routes = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => [method, path.replace('{id}', '1')] as const),
    );
    expect(routes.length).toBeGreaterThan(20);
    for (const [method, path] of routes) {
      for (const client of [app.anonymous, app.as(token)]) {
        const answer = await client[method as 'get'](path)
          .set('X-Realm', 'Green')
          .set('Accept', 'application/json');
        expect([method, path, answer.body.code]).toEqual([method, path, 'unknown_realm']);
      }
    }
  });

  it('shows the name of the realm of a token on its pages', async () => {
    const { email } = await register('Red');
    await app.anonymous.post('/identity/password_reset').set('X-Realm', 'Red').send({ email }).expect(204);
    for (const subject of [VERIFICATION_MAIL, RESET_MAIL]) {
      const { pathname, search } = await app.mailbox.linkTo(email, subject);
      const { text } = await app.anonymous.get(`${pathname}${search}`).expect(200);
      expect(text).toContain('<p class="app">Red</p>');
      expect(text).not.toContain('Acme');
    }
    const token = await app.mailbox.tokenTo(email, RESET_MAIL);
    const complete = (fields: object) =>
      app.anonymous
        .post('/identity/password_reset/completion')
        .type('form')
        .send({ token, ...fields });
    expect((await complete({ password: 'short' }).expect(422)).text).toContain('<p class="app">Red</p>');
    expect((await complete(NEW).expect(200)).text).toContain('<p class="app">Red</p>');
    const { body } = await app.anonymous
      .post('/sign_up')
      .set('X-Realm', 'Red')
      .send({ email: app.newEmail(), ...FORM });
    const other = (body as { email: string }).email;
    const confirmed = await app.anonymous
      .post('/identity/email_verification/confirmation')
      .type('form')
      .send({ email: other, token: await app.mailbox.tokenTo(other) })
      .expect(200);
    expect(confirmed.text).toContain('<p class="app">Red</p>');
  });

  it('gives names that passwords must not be made of, at sign-up, change and reset (ASVS 6.2.11)', async () => {
    const { email, token } = await register('Blue');
    await app.anonymous.post('/identity/password_reset').set('X-Realm', 'Blue').send({ email }).expect(204);
    const reset = await app.mailbox.tokenTo(email, RESET_MAIL);
    const made = { password: 'blue-BLUE-blue-2029', password_confirmation: 'blue-BLUE-blue-2029' };
    const signUp = (realm: string) =>
      app.anonymous
        .post('/sign_up')
        .set('X-Realm', realm)
        .send({ email: app.newEmail(), ...made });
    for (const request of [
      signUp('Blue'),
      app
        .as(token)
        .put('/password')
        .set('X-Realm', 'Blue')
        .send({ current_password: PASSWORD, ...made }),
      app.anonymous.put('/identity/password_reset').send({ token: reset, ...made }),
    ]) {
      const { body } = await request.expect(422);
      expect(body).toMatchObject({ errors: [{ field: 'password', code: 'too_common' }] });
    }
    await signUp('Red').expect(201);
  });

  it('ends the mailed links and queued mails of a realm that no longer exists', async () => {
    const { email } = await register('Blue');
    await app.anonymous.post('/identity/password_reset').set('X-Realm', 'Blue').send({ email }).expect(204);
    const verification = await app.mailbox.tokenTo(email, VERIFICATION_MAIL);
    const reset = await app.mailbox.tokenTo(email, RESET_MAIL);
    const { gone } = app.get(HeaderRealms);
    gone.add('Blue');
    try {
      await app.anonymous
        .put('/identity/email_verification')
        .send({ email, token: verification })
        .expect(400);
      await app.anonymous
        .put('/identity/password_reset')
        .send({ token: reset, ...NEW })
        .expect(400);
      for (const [path, token] of [
        ['email_verification', verification],
        ['password_reset', reset],
      ] as const) {
        await app.anonymous.get(`/identity/${path}`).query({ email, token }).expect(400);
      }
      const late = app.newEmail();
      await app.anonymous
        .post('/sign_up')
        .set('X-Realm', 'Blue')
        .send({ email: late, ...FORM })
        .expect(201);
      expect(await app.mailbox.to(late)).toEqual([]);
    } finally {
      gone.delete('Blue');
    }
    await app.anonymous.put('/identity/email_verification').send({ email, token: verification }).expect(204);
  });

  it('may refuse a request with a problem', async () => {
    for (const path of ['/sign_up', '/sign_in', '/identity/password_reset']) {
      const { body } = await app.anonymous.post(path).set('X-Realm', 'Green').send({}).expect(401);
      expect(body).toMatchObject({ code: 'unknown_realm' });
    }
  });

  it('shows the name of the realm in its mails', async () => {
    const { email } = await register('Red');
    const [mail] = await app.mailbox.to(email);
    expect(mail?.subject).toBe(said(identityEn['email_verification.mail.subject'], { app: 'Red' }));
    const text = said(identityEn['email_verification.mail.text'], { email, app: 'Red' });
    expect(readable(mail!.text)).toContain(text);
    expect(mail?.text).not.toContain('Acme');
  });

  it('lets a mailed token be used in its own realm, and in no other realm', async () => {
    const { email, token: session } = await register('Red');
    await register('Blue', email);
    const ofRed = patternOf(identityEn['email_verification.mail.subject'], { app: 'Red' });
    const token = await app.mailbox.tokenTo(email, ofRed);
    const { body } = await app.anonymous
      .put('/identity/email_verification')
      .set('X-Realm', 'Blue')
      .send({ email, token })
      .expect(400);
    expect(body).toMatchObject({ code: 'invalid_token' });
    for (const realm of ['Blue', 'Acme']) {
      await app.anonymous
        .get('/identity/email_verification')
        .query({ email, token })
        .set('X-Realm', realm)
        .expect(400);
    }
    await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(204);
    const me = await app.as(session).get('/me').set('X-Realm', 'Red').expect(200);
    expect(me.body).toMatchObject({ verified: true });
    const rows = await app.query('SELECT verified FROM authentication.users WHERE email = $1 ORDER BY id', [
      email,
    ]);
    expect(rows).toEqual([{ verified: true }, { verified: false }]);
  });

  it('resets the password in the realm of the token', async () => {
    const red = await register('Red');
    const blue = await register('Blue', red.email);
    const { email } = red;
    await app.anonymous.post('/identity/password_reset').set('X-Realm', 'Blue').send({ email }).expect(204);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const resets = await app.mailbox.to(email, RESET_MAIL);
    expect(resets.map(({ subject }) => subject)).toEqual([
      said(identityEn['password_reset.mail.subject'], { app: 'Blue' }),
    ]);
    const token = /token=([\w-]+)/.exec(resets[0]?.text ?? '')?.[1];
    await app.anonymous
      .put('/identity/password_reset')
      .set('X-Realm', 'Red')
      .send({ token, ...NEW })
      .expect(400);
    await app.anonymous.get('/identity/password_reset').query({ token }).expect(200);
    const { body } = await app.anonymous
      .put('/identity/password_reset')
      .send({ token, ...NEW })
      .expect(200);
    expect(body).toMatchObject({ id: blue.userId });
    await app.as(red.token).get('/me').set('X-Realm', 'Red').expect(200);
    await app.as(blue.token).get('/me').set('X-Realm', 'Blue').expect(401);
  });
});

describe('Budgets of a client, with realms', () => {
  let app: TestApplication;

  // 3 sign-ins a minute from an address, and 60 in a realm.
  beforeAll(async () => {
    app = await startApplication({
      features: [RealmsFeature],
      variables: { THROTTLE_FACTOR: '0.1', TRUSTED_PROXIES: '127.0.0.1' },
    });
  });
  afterAll(() => app.close());

  const statusOf = async (realm: string, address: string) => {
    const client = app.anonymous.set('X-Realm', realm).set('X-Forwarded-For', address);
    return (await client.post('/sign_in').send({})).status;
  };

  it('are separate in each realm', async () => {
    const address = '198.51.100.1';
    for (let sent = 0; sent < 3; sent += 1) expect(await statusOf('Red', address)).toBe(422);
    expect(await statusOf('Red', address)).toBe(429);
    expect(await statusOf('Acme', address)).toBe(422);
    expect(await statusOf('Blue', address)).toBe(422);
  });

  it('limit a whole realm to the budgets of twenty clients, but not the root realm', async () => {
    const statuses = async (realm: string) => {
      const seen: number[] = [];
      for (let client = 0; client < 62; client += 1) seen.push(await statusOf(realm, `203.0.113.${client}`));
      return seen;
    };
    // One client uses up its own budget; its refused requests do not count for the realm.
    for (let sent = 0; sent < 20; sent += 1) await statusOf('Blue', '198.51.100.2');
    const seen = await statuses('Blue');
    // Minus the three requests above, and the one of the spec before.
    expect(seen.indexOf(429)).toBe(60 - 3 - 1);
    expect(await statuses('Acme')).not.toContain(429);
    expect(await statusOf('Red', '198.51.100.3')).toBe(422);
  });
});

describe('A UserListener', () => {
  let app: TestApplication;
  let witness: Witness;

  beforeAll(async () => {
    app = await startApplication({ features: [WitnessFeature] });
    witness = app.get(Witness);
  });
  afterAll(() => app.close());

  const failing = async <T>(action: string, work: () => Promise<T>): Promise<T> => {
    witness.failsAt = action;
    try {
      return await work();
    } finally {
      witness.failsAt = null;
    }
  };
  const queued = async () => (await app.query('SELECT 1 FROM authentication_jobs.job')).length;

  it('gets every fact in order, in its transaction and with the client', async () => {
    const person = await app.person({ verified: true });
    const email = app.newEmail();
    const api = app.as(person.token);
    await api.put('/identity/email').send({ current_password: PASSWORD, email }).expect(200);
    const token = await app.mailbox.tokenTo(email);
    await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(204);
    await api
      .put('/password')
      .send({ current_password: PASSWORD, ...NEW })
      .expect(200);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const reset = await app.mailbox.tokenTo(email, RESET_MAIL);
    await app.anonymous
      .put('/identity/password_reset')
      .send({ token: reset, ...FORM })
      .expect(200);
    await app.anonymous.post('/sign_in').send({ email, password: 'not the password' }).expect(401);
    const again = await app.signIn(email);
    await app.as(again.token).delete('/me').send({ current_password: PASSWORD }).expect(204);
    expect(witness.of(person.userId)).toEqual([
      'signed_up',
      'email_verified',
      'signed_in',
      'email_change_requested',
      'email_changed',
      'password_changed',
      'password_reset_requested',
      'access_ended',
      'password_reset',
      'sign_in_failed',
      'signed_in',
      'deleted',
    ]);
    const heard = witness.facts.filter(({ userId }) => userId === person.userId);
    for (const fact of heard) {
      expect(fact).toMatchObject({ found: true, inTransaction: true, ipAddress: '127.0.0.1' });
    }
  });

  it('gets the fact of a takeover by reset', async () => {
    const { email, userId } = await app.signUp();
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const token = await app.mailbox.tokenTo(email, RESET_MAIL);
    await app.anonymous
      .put('/identity/password_reset')
      .send({ token, ...NEW })
      .expect(200);
    expect(witness.of(userId).slice(-3)).toEqual(['taken_over', 'access_ended', 'password_reset']);
  });

  it('that fails rolls back a sign-up and its mail', async () => {
    const email = app.newEmail();
    await app.mailbox.settled();
    const before = await queued();
    const { body } = await failing('signed_up', () =>
      app.anonymous
        .post('/sign_up')
        .send({ email, ...FORM })
        .expect(500),
    );
    expect(body).toMatchObject({ code: 'internal_error' });
    expect(JSON.stringify(body)).not.toContain('witness');
    expect(await app.query('SELECT 1 FROM authentication.users WHERE email = $1', [email])).toEqual([]);
    expect(await queued()).toBe(before);
    await app.signUp(email);
  });

  it('that fails rolls back a session, a change of address or password, and a deletion', async () => {
    const person = await app.person();
    const api = app.as(person.token);
    const email = app.newEmail();
    const current_password = PASSWORD;
    await app.mailbox.settled();
    const before = await queued();
    await failing('signed_in', () =>
      app.anonymous
        .post('/sign_in')
        .send({ email: person.email, ...FORM })
        .expect(500),
    );
    await failing('email_change_requested', () =>
      api.put('/identity/email').send({ current_password, email }).expect(500),
    );
    await failing('password_changed', () =>
      api
        .put('/password')
        .send({ current_password, ...NEW })
        .expect(500),
    );
    await failing('deleted', () => api.delete('/me').send({ current_password }).expect(500));
    const { body } = await api.get('/me').expect(200);
    expect(body).toMatchObject({ email: person.email, unconfirmed_email: null });
    expect((await api.get('/sessions').expect(200)).body).toHaveLength(1);
    expect(await queued()).toBe(before);
    await app.signIn(person.email);
  });

  it('that fails leaves a mailed token unused', async () => {
    const { email } = await app.signUp();
    const token = await app.mailbox.tokenTo(email);
    const confirm = () => app.anonymous.put('/identity/email_verification').send({ email, token });
    await failing('email_verified', () => confirm().expect(500));
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const reset = await app.mailbox.tokenTo(email, RESET_MAIL);
    const complete = () => app.anonymous.put('/identity/password_reset').send({ token: reset, ...NEW });
    await failing('password_reset', () => complete().expect(500));
    await confirm().expect(204);
    await complete().expect(200);
  });
});

describe('A PasswordRule', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ features: [ForbiddenWordFeature] });
  });
  afterAll(() => app.close());

  it('is asked at a sign-up, a change and a reset (ASVS 6.2.4)', async () => {
    const refused = {
      password: 'the swordfish of the sea',
      password_confirmation: 'the swordfish of the sea',
    };
    const person = await app.person();
    await app.anonymous.post('/identity/password_reset').send({ email: person.email }).expect(204);
    const token = await app.mailbox.tokenTo(person.email, RESET_MAIL);
    const answers = [
      await app.anonymous.post('/sign_up').send({ email: app.newEmail(), ...refused }),
      await app
        .as(person.token)
        .put('/password')
        .send({ current_password: PASSWORD, ...refused }),
      await app.anonymous.put('/identity/password_reset').send({ token, ...refused }),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(422);
      expect(body).toMatchObject({
        code: 'wrong_parameters',
        errors: [{ field: 'password', code: 'too_common' }],
      });
    }
    const page = await app.anonymous
      .post('/identity/password_reset/completion')
      .type('form')
      .send({ token, ...refused })
      .expect(422);
    expect(readable(page.text)).toContain(said(httpEn['fault.too_common']));
    await app.anonymous
      .put('/identity/password_reset')
      .send({ token, ...NEW })
      .expect(200);
  });
});

describe('A CredentialKind', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ features: [KeysFeature], imports: [ThingsModule] });
  });
  afterAll(() => app.close());

  it('gives access to GET /me and to guarded routes of the host', async () => {
    const { userId, email } = await app.signUp();
    const bearer = app.as(`key_${userId}`);
    expect((await bearer.get('/me').expect(200)).body).toMatchObject({ id: userId, email });
    expect((await bearer.get('/things').expect(200)).body).toEqual({ owner: userId });
    const header = await app.anonymous
      .get('/things')
      .set('Authorization', `Bearer key_${userId}`)
      .expect(200);
    expect(header.body).toEqual({ owner: userId });
  });

  it('is answered 403 session_required everywhere else', async () => {
    const { userId } = await app.signUp();
    const bearer = app.as(`key_${userId}`);
    const answers = [
      await bearer.get('/things/private'),
      await bearer.get('/sessions'),
      await bearer.get('/sessions/current'),
      await bearer.get('/sessions/1'),
      await bearer.post('/sessions/current/renewal'),
      await bearer.delete('/sessions'),
      await bearer.delete('/sessions/others'),
      await bearer.delete('/sessions/current'),
      await bearer.delete('/me').send({ current_password: PASSWORD }),
      await bearer.put('/password').send({ current_password: PASSWORD, ...NEW }),
      await bearer.put('/identity/email').send({ current_password: PASSWORD, email: app.newEmail() }),
      await bearer.delete('/identity/email'),
      await bearer.post('/identity/email_verification'),
    ];
    for (const { status, body } of answers) {
      expect({ status, code: body.code as string }).toEqual({ status: 403, code: 'session_required' });
    }
  });

  it('is answered 401 when it is invalid, and sessions still work', async () => {
    await app.as('key_999999').get('/me').expect(401);
    await app.as('key_999999').delete('/sessions').expect(401);
    await app.anonymous.get('/things').expect(401);
    const person = await app.person();
    expect((await app.as(person.token).get('/things').expect(200)).body).toEqual({ owner: person.userId });
    const { body } = await app.as(person.token).get('/things/private').expect(200);
    expect(body).toEqual({ session: person.sessionId });
    await app.as(person.token).get('/things').set('Authorization', `Bearer key_${person.userId}`).expect(400);
  });
});
