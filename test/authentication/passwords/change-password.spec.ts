import { passwordsEn } from '../../../src/authentication/passwords/passwords.en.js';
import { PASSWORD, startApplication, type TestApplication } from '../../support/application.js';
import { RESET_MAIL, said } from '../../support/texts.js';

const NEW_PASSWORD = 'a brand new pass phrase';
const CHANGE = {
  current_password: PASSWORD,
  password: NEW_PASSWORD,
  password_confirmation: NEW_PASSWORD,
};

describe('PUT /password', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  it('changes the password and answers with the user', async () => {
    const { token, email, userId } = await app.person();
    const { body, headers } = await app.as(token).put('/password').send(CHANGE).expect(200);
    expect(body).toMatchObject({ id: userId, email });
    const { body: me } = await app.as(token).get('/me').expect(200);
    expect(body).toEqual(me);
    expect(headers['cache-control']).toBe('no-store');
    await app.anonymous.post('/sign_in').send({ email, password: PASSWORD }).expect(401);
    await app.signIn(email, NEW_PASSWORD);
  });

  it("ends every other session and keeps the caller's (ASVS 7.4.3)", async () => {
    const first = await app.person();
    const second = await app.signIn(first.email);
    const stranger = await app.person();
    await app.as(second.token).put('/password').send(CHANGE).expect(200);
    await app.as(first.token).get('/me').expect(401);
    const { body } = await app.as(second.token).get('/sessions').expect(200);
    expect(body).toMatchObject([{ id: second.sessionId, current: true }]);
    await app.as(stranger.token).get('/me').expect(200);
  });

  it('ends the reset links of the old password', async () => {
    const { token, email } = await app.person();
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const reset = await app.mailbox.tokenTo(email, RESET_MAIL);
    await app.as(token).put('/password').send(CHANGE).expect(200);
    const form = { token: reset, password: PASSWORD, password_confirmation: PASSWORD };
    const { body } = await app.anonymous.put('/identity/password_reset').send(form).expect(400);
    expect(body).toMatchObject({ code: 'invalid_token' });
    await app.signIn(email, NEW_PASSWORD);
  });

  it('ends the link to a requested address, which an attacker may have requested', async () => {
    const { token, email } = await app.person({ verified: true });
    const waiting = app.newEmail();
    await app
      .as(token)
      .put('/identity/email')
      .send({ current_password: PASSWORD, email: waiting })
      .expect(200);
    const link = await app.mailbox.tokenTo(waiting);
    await app.as(token).put('/password').send(CHANGE).expect(200);
    await app.anonymous.put('/identity/email_verification').send({ email: waiting, token: link }).expect(400);
    const { body } = await app.as(token).get('/me').expect(200);
    expect(body).toMatchObject({ email });
  });

  it('notifies the user by mail (ASVS 6.3.7)', async () => {
    const { token, email } = await app.person({ verified: true });
    await app.as(token).put('/password').send(CHANGE).expect(200);
    const [mail] = await app.mailbox.to(email);
    expect(mail?.subject).toBe(said(passwordsEn['password_changed.mail.subject'], { app: 'Acme' }));
    expect(mail?.text).not.toContain(NEW_PASSWORD);
  });

  it('requires the current password (ASVS 6.2.3), and changes nothing without it', async () => {
    const { token, email } = await app.person();
    const other = await app.signIn(email);
    const { body } = await app
      .as(token)
      .put('/password')
      .send({ ...CHANGE, current_password: `${PASSWORD} ` })
      .expect(422);
    expect(body).toMatchObject({
      code: 'wrong_parameters',
      errors: [{ field: 'current_password', code: 'incorrect' }],
    });
    await app.as(other.token).get('/me').expect(200);
    await app.signIn(email);
    expect(await app.mailbox.to(email)).toHaveLength(1);
  });

  it('refuses invalid bodies', async () => {
    const { token, email } = await app.person();
    const made = 'Acme! Acme! Acme! 2024';
    const wrong: [object, object][] = [
      [
        { ...CHANGE, password_confirmation: 'another' },
        { field: 'password_confirmation', code: 'mismatch' },
      ],
      [
        { ...CHANGE, password: 'short', password_confirmation: 'short' },
        { field: 'password', code: 'too_short' },
      ],
      [
        { ...CHANGE, password: made, password_confirmation: made },
        { field: 'password', code: 'too_common' },
      ],
      [
        { ...CHANGE, password: email, password_confirmation: email },
        { field: 'password', code: 'too_common' },
      ],
      [
        { ...CHANGE, current_password: 5 },
        { field: 'current_password', code: 'invalid' },
      ],
      [
        { ...CHANGE, email },
        { field: 'email', code: 'unknown' },
      ],
    ];
    for (const [body, error] of wrong) {
      const answer = await app.as(token).put('/password').send(body).expect(422);
      expect(answer.body).toMatchObject({ code: 'wrong_parameters', errors: [error] });
    }
    const empty = await app.as(token).put('/password').send({}).expect(422);
    expect(empty.body).toMatchObject({
      code: 'missing_parameters',
      errors: ['current_password', 'password', 'password_confirmation'].map((field) => ({
        field,
        code: 'missing',
      })),
    });
    await app.anonymous.put('/password').send(CHANGE).expect(401);
    await app.signIn(email);
  });

  it('accepts one of two changes at the same time', async () => {
    const { token, email } = await app.person();
    const passwords = ['the first new pass phrase', 'the other new pass phrase'];
    const answers = await Promise.all(
      passwords.map((password) =>
        app
          .as(token)
          .put('/password')
          .send({ ...CHANGE, password, password_confirmation: password }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
    const winner = passwords[answers.findIndex(({ status }) => status === 200)]!;
    await app.signIn(email, winner);
  });

  it('keeps no session of a sign-in that was checked against the old password', async () => {
    const { token, email } = await app.person();
    const [changed, ...signIns] = await Promise.all([
      app.as(token).put('/password').send(CHANGE),
      ...Array.from({ length: 5 }, () => app.anonymous.post('/sign_in').send({ email, password: PASSWORD })),
    ]);
    expect(changed.status).toBe(200);
    for (const { status, headers } of signIns) {
      expect([201, 401]).toContain(status);
      if (status === 201) await app.as(String(headers['x-session-token'])).get('/me').expect(401);
    }
    const { body } = await app.as(token).get('/sessions').expect(200);
    expect(body).toHaveLength(1);
  });
});

describe('PUT /password, with the default limits', () => {
  it('allows the owner to ask for a reset, even if the limit was used up before', async () => {
    const limited = await startApplication({ variables: { THROTTLE_FACTOR: '1' } });
    try {
      const { email, token } = await limited.person({ verified: true });
      const ask = () => limited.anonymous.post('/identity/password_reset').send({ email }).expect(204);
      const resets = async () => (await limited.mailbox.to(email, RESET_MAIL)).length;
      for (let asked = 0; asked < 4; asked += 1) await ask();
      expect(await resets()).toBe(3);
      await limited.as(token).put('/password').send(CHANGE).expect(200);
      await ask();
      expect(await resets()).toBe(4);
    } finally {
      await limited.close();
    }
  });
});
