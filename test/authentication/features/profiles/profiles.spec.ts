import { setTimeout as pause } from 'node:timers/promises';
import { UserEvents } from '../../../../src/authentication/core/events/user-events.js';
import { ProfilesModule } from '../../../../src/authentication/features/profiles/profiles.module.js';
import { authenticationDocument } from '../../../../src/authentication/http/openapi/document.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { KeysFeature } from '../../../support/features/keys.feature.js';
import { RealmsFeature } from '../../../support/features/realms.feature.js';
import { RESET_MAIL, VERIFICATION_MAIL } from '../../../support/texts.js';

const FORM = { password: PASSWORD, password_confirmation: PASSWORD };
const NEW = { password: 'four other words, quite new', password_confirmation: 'four other words, quite new' };
const NOTHING = { first_name: null, last_name: null, username: null };
const TAKEN = {
  status: 422,
  code: 'wrong_parameters',
  errors: [{ field: 'username', code: 'taken', detail: 'is taken' }],
};

let usernames = 0;
const newUsername = (): string => {
  usernames += 1;
  return `User-${usernames}.${Date.now().toString(36)}`;
};

describe('GET and PATCH /profile', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ features: [ProfilesModule, KeysFeature] });
  });
  afterAll(() => app.close());

  const patch = (token: string, fields: object) => app.as(token).patch('/profile').send(fields);
  const profileOf = async (token: string) => (await app.as(token).get('/profile').expect(200)).body as object;

  it('show null in every field until the user sets it', async () => {
    const { token } = await app.person();
    const { body, headers } = await app.as(token).get('/profile').expect(200);
    expect(body).toEqual(NOTHING);
    expect(headers['cache-control']).toBe('no-store');
    await app.as(token).head('/profile').expect(200);
    await patch(token, {}).expect(200, NOTHING);
  });

  it('change the given fields and leave the others', async () => {
    const { token } = await app.person();
    const username = newUsername();
    const whole = { first_name: 'Étienne', last_name: 'Pasteur', username };
    expect((await patch(token, whole).expect(200)).body).toEqual(whole);
    expect((await patch(token, { last_name: 'Curie' }).expect(200)).body).toEqual({
      ...whole,
      last_name: 'Curie',
    });
    await patch(token, {}).expect(200);
    expect(await profileOf(token)).toEqual({ ...whole, last_name: 'Curie' });
  });

  it('clear a field with null, and a first or last name also with a blank value', async () => {
    const { token } = await app.person();
    const username = newUsername();
    for (const nothing of [null, '', '  ']) {
      await patch(token, { first_name: 'Ada', last_name: 'Lovelace', username }).expect(200);
      const { body } = await patch(token, { first_name: nothing }).expect(200);
      expect(body).toEqual({ first_name: null, last_name: 'Lovelace', username });
    }
    await patch(token, { username: null }).expect(200);
    expect(await profileOf(token)).toEqual({ first_name: null, last_name: 'Lovelace', username: null });
    await patch((await app.person()).token, { username }).expect(200);
    await patch(token, NOTHING).expect(200, NOTHING);
  });

  it('accept names of any script with at most 100 code points, and keep them as typed', async () => {
    const { token } = await app.person();
    for (const name of ['名'.repeat(100), '👩‍🚀'.repeat(33), "O'Brien-Ó <b>", ' Ada ', '__proto__', 'ﬁ', 'é'])
      expect((await patch(token, { first_name: name }).expect(200)).body).toMatchObject({ first_name: name });
    await patch(token, { last_name: '💩'.repeat(100) }).expect(200);
    const { body } = await patch(token, { last_name: '💩'.repeat(101) }).expect(422);
    expect(body).toMatchObject({ errors: [{ field: 'last_name', code: 'too_long' }] });
  });

  it('refuse names that are not strings or contain control characters or line breaks', async () => {
    const { token } = await app.person();
    const wrong = [7, true, {}, ['Ada'], 'A\nda', 'A\rda', 'A\tda', 'A\u0085da', 'A\u2028da', 'A\u001bda'];
    for (const name of wrong) {
      const { body } = await patch(token, { first_name: name }).expect(422);
      expect(body).toMatchObject({
        code: 'wrong_parameters',
        errors: [{ field: 'first_name', code: 'invalid' }],
      });
    }
    expect(await profileOf(token)).toEqual(NOTHING);
  });

  it('refuse null characters and lone surrogates', async () => {
    const { token } = await app.person();
    for (const field of ['first_name', 'last_name', 'username']) {
      for (const text of ['\\u0000', '\\ud800', 'abc\\udc00']) {
        const { body } = await app
          .as(token)
          .patch('/profile')
          .type('json')
          .send(`{"${field}":"${text}"}`)
          .expect(422);
        expect(body).toMatchObject({ errors: [{ field, code: 'invalid' }] });
      }
    }
  });

  it('accept usernames of 3 to 40 letters, digits, dots, underscores and hyphens, and keep them as typed', async () => {
    const { token } = await app.person();
    const longest = newUsername().padEnd(40, 'x');
    for (const username of ['x.Y', '_-_', '...', longest, 'admin', 'null', '007'])
      expect((await patch(token, { username }).expect(200)).body).toMatchObject({ username });
    for (const [username, code] of [
      ['', 'too_short'],
      ['ab', 'too_short'],
      [`${longest}x`, 'too_long'],
      ['jämes', 'invalid'],
      ['ﬁne', 'invalid'],
      ['a b', 'invalid'],
      [' abc', 'invalid'],
      ['abc\n', 'invalid'],
      ['a@b.c', 'invalid'],
      ['\u212Aelvin', 'invalid'],
      [7, 'invalid'],
      [['abc'], 'invalid'],
    ] as const) {
      const { body } = await patch(token, { username }).expect(422);
      expect(body).toMatchObject({ code: 'wrong_parameters', errors: [{ field: 'username', code }] });
    }
    expect(await profileOf(token)).toMatchObject({ username: '007' });
  });

  it('name every invalid field in one answer, and then change nothing', async () => {
    const { token } = await app.person();
    const { body } = await patch(token, { first_name: 'Ada', last_name: 7, username: 'x', realm: 1 }).expect(
      422,
    );
    expect(body).toMatchObject({
      errors: [
        { field: 'last_name', code: 'invalid' },
        { field: 'username', code: 'too_short' },
        { field: 'realm', code: 'unknown' },
      ],
    });
    expect(await profileOf(token)).toEqual(NOTHING);
  });

  it('refuse a username that another user has, in upper or lower case', async () => {
    const username = newUsername();
    const owner = await app.person();
    await patch(owner.token, { username }).expect(200);
    const { token } = await app.person();
    await patch(token, { first_name: 'Ada' }).expect(200);
    for (const same of [username, username.toLowerCase(), username.toUpperCase()]) {
      const { body } = await patch(token, { first_name: 'Eve', username: same }).expect(422);
      expect(body).toMatchObject(TAKEN);
    }
    expect(await profileOf(token)).toEqual({ ...NOTHING, first_name: 'Ada' });
    expect(await profileOf(owner.token)).toEqual({ ...NOTHING, username });
  });

  it('let users change the case of their username, and free a username that they give up', async () => {
    const { token } = await app.person();
    const username = newUsername();
    for (const spelling of [username, username, username.toUpperCase()])
      expect((await patch(token, { username: spelling }).expect(200)).body).toMatchObject({
        username: spelling,
      });
    await patch(token, { username: newUsername() }).expect(200);
    await patch((await app.person()).token, { username }).expect(200);
  });

  it('give a username that 20 users request at the same time to one of them', async () => {
    const username = newUsername();
    const people = await Promise.all(Array.from({ length: 20 }, () => app.person()));
    const answers = await Promise.all(
      people.map(({ token }, index) =>
        patch(token, { username: index % 2 === 0 ? username : username.toUpperCase() }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(19).fill(422)]);
    for (const { body } of answers.filter(({ status }) => status === 422)) expect(body).toMatchObject(TAKEN);
  });

  it('lose no field when changes come at the same time', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { token } = await app.person();
      const whole = { first_name: 'Ada', last_name: 'Lovelace', username: newUsername() };
      await Promise.all(
        Object.entries(whole).map(([field, value]) => patch(token, { [field]: value }).expect(200)),
      );
      expect(await profileOf(token)).toEqual(whole);
    }
  });

  it('require a credential to read and a session to write', async () => {
    const { userId, token } = await app.person();
    for (const request of [app.anonymous.get('/profile'), app.anonymous.patch('/profile').send({})]) {
      const { body, headers } = await request.expect(401);
      expect(body).toMatchObject({ code: 'authentication_required' });
      expect(headers['www-authenticate']).toBe('Bearer');
    }
    await patch(token, { first_name: 'Ada' }).expect(200);
    const key = `key_${userId}`;
    expect(await profileOf(key)).toEqual({ ...NOTHING, first_name: 'Ada' });
    const { body } = await patch(key, { first_name: 'Eve' }).expect(403);
    expect(body).toMatchObject({ code: 'session_required' });
    await app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [userId]);
    await app.as(token).get('/profile').expect(401);
    await patch(token, { first_name: 'Eve' }).expect(401);
  });

  it('concern the profile of the caller only', async () => {
    const [ada, eve] = [await app.person(), await app.person()];
    await patch(ada.token, { first_name: 'Ada' }).expect(200);
    await patch(eve.token, { first_name: 'Eve' }).expect(200);
    expect(await profileOf(ada.token)).toMatchObject({ first_name: 'Ada' });
    await patch(eve.token, { user_id: ada.userId }).expect(422);
  });

  it('keep the profile after a change of password, DELETE /sessions and a reset through a verified address', async () => {
    const { email, token } = await app.person({ verified: true });
    const profile = { ...NOTHING, username: newUsername() };
    await patch(token, profile).expect(200);
    await app
      .as(token)
      .put('/password')
      .send({ current_password: PASSWORD, ...NEW })
      .expect(200);
    await app.as(token).delete('/sessions').expect(204);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const reset = await app.mailbox.tokenTo(email, RESET_MAIL);
    await app.anonymous
      .put('/identity/password_reset')
      .send({ token: reset, ...FORM })
      .expect(200);
    expect(await profileOf((await app.signIn(email)).token)).toEqual(profile);
  });

  const takeOver = async (email: string) => {
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const token = await app.mailbox.tokenTo(email, RESET_MAIL);
    await app.anonymous
      .put('/identity/password_reset')
      .send({ token, ...NEW })
      .expect(200);
    return app.signIn(email, NEW.password);
  };

  it('show an empty profile after the owner takes over an address that another person registered', async () => {
    const { email, token } = await app.person();
    const username = newUsername();
    await patch(token, { first_name: 'Mallory', last_name: 'M', username }).expect(200);
    const owner = await takeOver(email);
    expect(await profileOf(owner.token)).toEqual(NOTHING);
    await patch((await app.person()).token, { username }).expect(200);
  });

  it('refuse a change that waits while a takeover is committed', async () => {
    const { email, token, userId } = await app.person();
    let late: Promise<{ status: number }> | undefined;
    app.get(UserEvents).listen({
      onUserFact: async ({ action, user }) => {
        if (action !== 'access_ended' || user.id !== userId) return;
        // This request passes the guard before the takeover is committed, and then waits for the lock on the user's row.
        late = patch(token, { first_name: 'Mallory' }).then(({ status }) => ({ status }));
        await pause(300);
      },
    });
    const owner = await takeOver(email);
    expect(await late).toEqual({ status: 401 });
    expect(await profileOf(owner.token)).toEqual(NOTHING);
  });

  it('free the username of a deleted user, whose profile is deleted too', async () => {
    const { token, userId } = await app.person();
    const username = newUsername();
    await patch(token, { username }).expect(200);
    await app.as(token).delete('/me').send({ current_password: PASSWORD }).expect(204);
    expect(await app.query('SELECT 1 FROM authentication.profiles WHERE user_id = $1', [userId])).toEqual([]);
    await patch((await app.person()).token, { username }).expect(200);
  });
});

describe('A profile at POST /sign_up', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const signUp = (fields: object, email = app.newEmail()) =>
    app.anonymous.post('/sign_up').send({ email, ...FORM, ...fields });
  const profileOf = async (email: string) => {
    const { token } = await app.signIn(email);
    return (await app.as(token).get('/profile').expect(200)).body as object;
  };

  it('is saved, and the user in the answer does not contain it', async () => {
    const email = app.newEmail();
    const profile = { first_name: 'Jason', last_name: 'Bourne', username: newUsername() };
    const { body } = await signUp(profile, email).expect(201);
    for (const field of Object.keys(profile)) expect(body).not.toHaveProperty(field);
    expect(await profileOf(email)).toEqual(profile);
  });

  it('is optional, and so is each of its fields', async () => {
    for (const [given, kept] of [
      [{}, {}],
      [NOTHING, {}],
      [{ first_name: '' }, {}],
      [{ last_name: 'Bourne' }, { last_name: 'Bourne' }],
    ]) {
      const email = app.newEmail();
      await signUp(given!, email).expect(201);
      expect(await profileOf(email)).toEqual({ ...NOTHING, ...kept });
    }
  });

  it('is validated together with the other fields', async () => {
    const { body } = await signUp(
      { username: 'x', first_name: 7, last_name: 'a'.repeat(101) },
      'nobody',
    ).expect(422);
    expect(body).toMatchObject({
      code: 'wrong_parameters',
      errors: [
        { field: 'email', code: 'invalid' },
        { field: 'first_name', code: 'invalid' },
        { field: 'last_name', code: 'too_long' },
        { field: 'username', code: 'too_short' },
      ],
    });
  });

  it('with a taken username creates no user and mails nothing', async () => {
    const username = newUsername();
    await signUp({ username }).expect(201);
    const email = app.newEmail();
    const { body } = await signUp({ username: username.toUpperCase() }, email).expect(422);
    expect(body).toMatchObject(TAKEN);
    expect(await app.mailbox.to(email)).toEqual([]);
    expect(await app.query('SELECT 1 FROM authentication.users WHERE email = $1', [email])).toEqual([]);
    await signUp({}, email).expect(201);
  });

  it('that was sent twice is refused because of its address', async () => {
    const [email, username] = [app.newEmail(), newUsername()];
    await signUp({ username }, email).expect(201);
    const { body } = await signUp({ username }, email).expect(422);
    expect(body).toMatchObject({ code: 'already_registered', errors: [{ field: 'email' }] });
  });

  it('with one username, sent 20 times at the same time, creates one user', async () => {
    const username = newUsername();
    const answers = await Promise.all(Array.from({ length: 20 }, () => signUp({ username })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(19).fill(422)]);
    for (const { body } of answers.filter(({ status }) => status === 422)) expect(body).toMatchObject(TAKEN);
    const holders = await app.query('SELECT 1 FROM authentication.profiles WHERE username = $1', [username]);
    expect(holders).toHaveLength(1);
  });
});

describe('A profile at POST /sign_up with CONCEAL_ACCOUNTS=true', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ variables: { CONCEAL_ACCOUNTS: 'true' } });
  });
  afterAll(() => app.close());

  const signUp = (email: string, fields: object) =>
    app.anonymous.post('/sign_up').send({ email, ...FORM, ...fields });

  it('takes no username, which would show whether the address was free', async () => {
    const email = app.newEmail();
    await signUp(email, {}).expect(202);
    for (const address of [email, app.newEmail()]) {
      const { body } = await signUp(address, { username: newUsername() }).expect(422);
      expect(body).toMatchObject({ errors: [{ field: 'username', code: 'unknown' }] });
    }
    const document = authenticationDocument(app.nest, { info: { title: 'Acme', version: '1' } });
    const { SignUpDto } = document.components?.schemas as Record<string, { properties: object }>;
    expect(Object.keys(SignUpDto!.properties)).toEqual(expect.arrayContaining(['email', 'first_name']));
    expect(SignUpDto!.properties).not.toHaveProperty('username');
  });

  it('takes the other names, alike for a free and a taken address', async () => {
    const [email, names] = [app.newEmail(), { first_name: 'Ada', last_name: 'Lovelace' }];
    await signUp(email, names).expect(202, { email });
    const rows = () => app.query('SELECT count(*) FROM authentication.profiles');
    const before = await rows();
    await signUp(email, { first_name: 'Mallory' }).expect(202, { email });
    expect(await rows()).toEqual(before);
    for (const address of [email, app.newEmail()]) {
      const { body } = await signUp(address, { first_name: 'a\nb' }).expect(422);
      expect(body).toMatchObject({ errors: [{ field: 'first_name', code: 'invalid' }] });
    }
    const token = await app.mailbox.tokenTo(email, VERIFICATION_MAIL);
    await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(204);
    const { token: session } = await app.signIn(email);
    const username = newUsername();
    const { body } = await app.as(session).patch('/profile').send({ username }).expect(200);
    expect(body).toEqual({ ...names, username });
  });
});

describe('A username in several realms', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ features: [ProfilesModule, RealmsFeature] });
  });
  afterAll(() => app.close());

  const person = async (realm: string, fields: object = {}) => {
    const email = app.newEmail();
    const post = (path: string, body: object) => app.anonymous.post(path).set('X-Realm', realm).send(body);
    const { status } = await post('/sign_up', { email, ...FORM, ...fields });
    if (status !== 201) return { status };
    const { headers } = await post('/sign_in', { email, password: PASSWORD }).expect(201);
    const api = app.as(headers['x-session-token']).set('X-Realm', realm);
    return { status, change: (username: string) => api.patch('/profile').send({ username }) };
  };

  it('is unique within each realm', async () => {
    const username = newUsername();
    for (const realm of ['Red', 'Blue']) {
      expect(await person(realm, { username })).toMatchObject({ status: 201 });
      expect(await person(realm, { username: username.toLowerCase() })).toMatchObject({ status: 422 });
      const other = await person(realm);
      const { body } = await other.change!(username).expect(422);
      expect(body).toMatchObject(TAKEN);
    }
    const ofRoot = await person('Acme');
    await ofRoot.change!(username).expect(200);
  });
});
