import { UserEvents } from '../../../../src/authentication/core/events/user-events.js';
import { twoFactorEn } from '../../../../src/authentication/features/two-factor/two-factor.en.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { endSession, overtaken } from '../../../support/overtaken.js';
import { RESET_MAIL, said } from '../../../support/texts.js';
import { Authenticator, calmMoment, enrolled, forgetSteps } from './authenticator.js';

const NEW = { password: 'four other words, quite new', password_confirmation: 'four other words, quite new' };
const PROFILE = '/two_factor_authentication/profile';

describe('Two-factor authentication', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const begin = (token: string, current_password = PASSWORD) =>
    app.as(token).post(`${PROFILE}/totp`).send({ current_password });
  const confirm = (token: string, code: string) => app.as(token).put(`${PROFILE}/totp`).send({ code });
  const disable = (token: string, code?: string, current_password = PASSWORD) =>
    app.as(token).delete(`${PROFILE}/totp`).send({ current_password, code });
  const renewCodes = (token: string, code: string, current_password = PASSWORD) =>
    app.as(token).post(`${PROFILE}/recovery_codes`).send({ current_password, code });
  const isOn = async (userId: number) =>
    (await app.query('SELECT 1 FROM authentication.totp_secrets WHERE user_id = $1 AND enabled', [userId]))
      .length === 1;
  const remaining = async (token: string) =>
    (await app.as(token).get(`${PROFILE}/recovery_codes`).expect(200)).body as { remaining: number };
  const signIn = (email: string, password = PASSWORD) =>
    app.anonymous.post('/sign_in').send({ email, password });

  it('gives a secret to set up an app, and is not on yet', async () => {
    const { token, email } = await app.person({ verified: true });
    const { body } = await begin(token).expect(201);
    expect(Object.keys(body as object).sort()).toEqual(['otpauth_url', 'qr_code', 'secret']);
    expect(body.secret).toMatch(/^[A-Z2-7]{32}$/);
    const url = new URL(body.otpauth_url as string);
    expect(decodeURIComponent(url.pathname)).toContain(`Acme:${email}`);
    expect(url.searchParams.get('secret')).toBe(body.secret);
    expect(body.qr_code).toMatch(/^data:image\/svg\+xml[;,]/);
    await signIn(email).expect(201);
  });

  it('gives a new secret when asked again, and the earlier one no longer works', async () => {
    const { token } = await app.person({ verified: true });
    const first = new Authenticator((await begin(token).expect(201)).body.secret as string);
    const second = new Authenticator((await begin(token).expect(201)).body.secret as string);
    expect(second.secret).not.toBe(first.secret);
    await confirm(token, first.code()).expect(422);
    await confirm(token, second.code()).expect(200);
  });

  it('requires the current password, a verified address and a session', async () => {
    const unverified = await app.person();
    expect((await begin(unverified.token).expect(403)).body).toMatchObject({ code: 'email_unverified' });
    const { token } = await app.person({ verified: true });
    const { body } = await begin(token, 'not the password').expect(422);
    expect(body).toMatchObject({ errors: [{ field: 'current_password', code: 'incorrect' }] });
    await app.anonymous.post(`${PROFILE}/totp`).send({ current_password: PASSWORD }).expect(401);
    expect((await app.as(token).post(`${PROFILE}/totp`).send({}).expect(422)).body).toMatchObject({
      code: 'missing_parameters',
      errors: [{ field: 'current_password', code: 'missing' }],
    });
    expect((await app.as(token).post(`${PROFILE}/recovery_codes`).send({}).expect(422)).body).toMatchObject({
      code: 'missing_parameters',
      errors: [{ field: 'current_password' }, { field: 'code', code: 'missing' }],
    });
    const missing = await app.as(token).put(`${PROFILE}/totp`).send({}).expect(422);
    expect(missing.body).toMatchObject({ errors: [{ field: 'code', code: 'missing' }] });
  });

  it('is turned on by a code: shows recovery codes, ends other sessions, sends a new token and a mail (ASVS 6.3.7)', async () => {
    const { token, email, sessionId } = await app.person({ verified: true });
    const other = await app.signIn(email);
    const authenticator = new Authenticator((await begin(token).expect(201)).body.secret as string);
    const wrong = await confirm(token, authenticator.wrongCode()).expect(422);
    expect(wrong.body).toMatchObject({
      code: 'wrong_parameters',
      errors: [{ field: 'code', code: 'invalid' }],
    });
    await signIn(email).expect(201);
    const { body, headers } = await confirm(token, authenticator.code()).expect(200);
    const codes = body.recovery_codes as string[];
    expect(body).toEqual({ recovery_codes: expect.any(Array) as string[] });
    expect(new Set(codes).size).toBe(10);
    const fresh = headers['x-session-token']!;
    expect(fresh).not.toBe(token);
    expect((await app.as(fresh).get('/sessions').expect(200)).body).toMatchObject([{ id: sessionId }]);
    await app.as(token).get('/me').expect(401);
    await app.as(other.token).get('/me').expect(401);
    expect(await remaining(fresh)).toEqual({ remaining: 10 });
    const [mail] = await app.mailbox.to(email);
    expect(mail?.subject).toBe(said(twoFactorEn['two_factor_enabled.mail.subject'], { app: 'Acme' }));
    for (const secret of [authenticator.secret, ...codes]) expect(JSON.stringify(mail)).not.toContain(secret);
  });

  it('ends all other access when it is turned on, such as device tokens, and open challenges', async () => {
    const facts: [string, number][] = [];
    app.get(UserEvents).listen({
      onUserFact: ({ action, user }) => {
        if (action === 'access_ended') facts.push([action, user.id]);
        return Promise.resolve();
      },
    });
    const { userId } = await enrolled(app);
    expect(facts).toEqual([['access_ended', userId]]);
  });

  it('does not accept at sign-in the code that turned it on (RFC 6238, 5.2)', async () => {
    const { token, email } = await app.person({ verified: true });
    const authenticator = new Authenticator((await begin(token).expect(201)).body.secret as string);
    await calmMoment();
    const code = authenticator.code();
    await confirm(token, code).expect(200);
    const { body } = await signIn(email).expect(401);
    const challenge_token = body.challenge.token as string;
    const answer = (given: string) =>
      app.anonymous.post('/two_factor_authentication/challenge/totp').send({ challenge_token, code: given });
    await answer(code).expect(401);
    await answer(authenticator.code(1)).expect(201);
  });

  it('is not begun or confirmed by a token in its grace period', async () => {
    const person = await app.person({ verified: true });
    const { secret } = (await begin(person.token).expect(201)).body as { secret: string };
    const token = await app.tokenInGrace(person);
    const { body } = await begin(token).expect(401);
    expect(body).toMatchObject({ code: 'authentication_required' });
    await confirm(token, new Authenticator(secret).code()).expect(401);
  });

  it('makes no recovery codes for a token in its grace period', async () => {
    const person = await enrolled(app);
    const token = await app.tokenInGrace(person);
    const asked = renewCodes(token, person.recoveryCodes[0]!);
    expect((await asked.expect(401)).body).toMatchObject({ code: 'authentication_required' });
    expect(await remaining(token)).toEqual({ remaining: 10 });
    await disable(token, person.recoveryCodes[0]).expect(401);
    expect(await isOn(person.userId)).toBe(true);
  });

  it('cannot be confirmed without a secret, and not begun or confirmed again when it is on', async () => {
    const stranger = await app.person({ verified: true });
    await confirm(stranger.token, '123456').expect(422);
    const { token, authenticator, userId } = await enrolled(app);
    expect((await begin(token).expect(422)).body).toMatchObject({ code: 'wrong_parameters' });
    await confirm(token, authenticator.code()).expect(422);
    expect(
      await app.query('SELECT enabled FROM authentication.totp_secrets WHERE user_id = $1', [userId]),
    ).toEqual([{ enabled: true }]);
  });

  it('is confirmed once by many requests at the same time', async () => {
    const { token } = await app.person({ verified: true });
    const authenticator = new Authenticator((await begin(token).expect(201)).body.secret as string);
    const answers = await Promise.all(Array.from({ length: 20 }, () => confirm(token, authenticator.code())));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.every(({ status }) => [200, 401, 422].includes(status))).toBe(true);
  });

  it('is turned off with the password and a code: sends a mail, and sign-in asks for no code', async () => {
    const { token, email, userId, authenticator } = await enrolled(app);
    await calmMoment();
    const { body } = await disable(token, authenticator.code(), 'not the password').expect(422);
    expect(body).toMatchObject({ errors: [{ field: 'current_password', code: 'incorrect' }] });
    await signIn(email).expect(401);
    await disable(token, authenticator.code()).expect(204);
    await signIn(email).expect(201);
    expect((await app.mailbox.to(email))[0]?.subject).toBe(
      said(twoFactorEn['two_factor_disabled.mail.subject'], { app: 'Acme' }),
    );
    expect(await remaining(token)).toEqual({ remaining: 0 });
    for (const table of ['totp_secrets', 'recovery_codes']) {
      expect(await app.query(`SELECT 1 FROM authentication.${table} WHERE user_id = $1`, [userId])).toEqual(
        [],
      );
    }
    await disable(token).expect(404);
    await renewCodes(token, authenticator.code()).expect(422);
  });

  it('is turned off with a recovery code, too, which is then used up with all others', async () => {
    const { token, email, userId, recoveryCodes } = await enrolled(app);
    await disable(token, recoveryCodes[3]!.toUpperCase()).expect(204);
    expect(await isOn(userId)).toBe(false);
    await signIn(email).expect(201);
  });

  it('is not turned off, and makes no recovery codes, by the password alone or a wrong code', async () => {
    const { token, userId, email, authenticator, recoveryCodes } = await enrolled(app);
    await app.mailbox.to(email);
    for (const code of [undefined, '', authenticator.wrongCode(), 'aaaaa-aaaaa-aaaaa']) {
      const { body } = await disable(token, code).expect(422);
      const fault = code === undefined || code === '' ? 'missing' : 'invalid';
      expect(body).toMatchObject({ errors: [{ field: 'code', code: fault }] });
    }
    const refused = await renewCodes(token, authenticator.wrongCode()).expect(422);
    expect(refused.body).toMatchObject({ errors: [{ field: 'code', code: 'invalid' }] });
    expect(await isOn(userId)).toBe(true);
    expect(await remaining(token)).toEqual({ remaining: recoveryCodes.length });
  });

  it('counts wrong codes at the removal and at new recovery codes like those at challenges', async () => {
    const { token, email, authenticator, recoveryCodes } = await enrolled(app);
    const challenge_token = (await signIn(email).expect(401)).body.challenge.token as string;
    const answer = (code: string) =>
      app.anonymous.post('/two_factor_authentication/challenge/totp').send({ challenge_token, code });
    const wrong = authenticator.wrongCode();
    for (const step of [() => disable(token, wrong), () => renewCodes(token, wrong)]) {
      await step().expect(422);
      await step().expect(422);
    }
    await answer(wrong).expect(401);
    await answer(authenticator.code()).expect(429);
    await disable(token, authenticator.code()).expect(429);
    await renewCodes(token, recoveryCodes[0]!).expect(429);
    await app.as(token).get('/me').expect(200);
  });

  it('counts a wrong password at the removal apart from wrong codes', async () => {
    const { token, authenticator } = await enrolled(app);
    for (let tries = 0; tries < 6; tries += 1)
      await disable(token, authenticator.wrongCode(), 'not the password').expect(422);
    await disable(token, authenticator.code()).expect(204);
  });

  it('ends grace periods and open challenges when it is turned off, also for a factor that is set up later', async () => {
    const { token, email, recoveryCodes } = await enrolled(app);
    const challenge_token = (await signIn(email).expect(401)).body.challenge.token as string;
    const renewed = await app.as(token).post('/sessions/current/renewal').expect(201);
    await app.as(token).get('/me').expect(200);
    const current = renewed.headers['x-session-token']!;
    await disable(current, recoveryCodes[0]).expect(204);
    await app.as(token).get('/me').expect(401);
    const authenticator = new Authenticator((await begin(current).expect(201)).body.secret as string);
    await calmMoment();
    await confirm(current, authenticator.code()).expect(200);
    const { body } = await app.anonymous
      .post('/two_factor_authentication/challenge/totp')
      .send({ challenge_token, code: authenticator.code(1) })
      .expect(400);
    expect(body).toMatchObject({ code: 'invalid_token' });
  });

  it('sends no mail when it was never on and is removed', async () => {
    const { token, email } = await app.person({ verified: true });
    await begin(token).expect(201);
    const before = await app.mailbox.to(email);
    await disable(token).expect(204);
    expect(await app.mailbox.to(email)).toEqual(before);
    await disable(token).expect(404);
  });

  it('ends grace periods when new recovery codes are made', async () => {
    const { token, recoveryCodes } = await enrolled(app);
    const renewed = await app.as(token).post('/sessions/current/renewal').expect(201);
    await app.as(token).get('/me').expect(200);
    await renewCodes(renewed.headers['x-session-token']!, recoveryCodes[0]!).expect(201);
    await app.as(token).get('/me').expect(401);
  });

  it('is not changed by a request that waited while its session ended', async () => {
    const { token, userId, recoveryCodes } = await enrolled(app);
    const [session] = await app.query<{ id: string }>(
      'SELECT id FROM authentication.sessions WHERE user_id = $1',
      [userId],
    );
    const answers = await overtaken(
      app,
      userId,
      [
        () => renewCodes(token, recoveryCodes[0]!),
        () => disable(token, recoveryCodes[0]),
        () => begin(token),
      ],
      endSession(Number(session?.id)),
    );
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    const kept = await app.query('SELECT 1 FROM authentication.recovery_codes WHERE user_id = $1', [userId]);
    expect(kept).toHaveLength(recoveryCodes.length);
    expect(
      await app.query('SELECT enabled FROM authentication.totp_secrets WHERE user_id = $1', [userId]),
    ).toEqual([{ enabled: true }]);
  });

  it('deletes an unconfirmed secret when the password is changed and when all sessions end', async () => {
    for (const end of [
      (token: string) =>
        app
          .as(token)
          .put('/password')
          .send({ current_password: PASSWORD, ...NEW })
          .expect(200),
      (token: string) => app.as(token).delete('/sessions').expect(204),
    ]) {
      const { token, userId } = await app.person({ verified: true });
      await begin(token).expect(201);
      await end(token);
      expect(
        await app.query('SELECT 1 FROM authentication.totp_secrets WHERE user_id = $1', [userId]),
      ).toEqual([]);
    }
  });

  it('makes ten new recovery codes, and the old ones no longer work', async () => {
    const { token, email, authenticator, recoveryCodes } = await enrolled(app);
    await calmMoment();
    await renewCodes(token, authenticator.code(), 'not the password').expect(422);
    const { body } = await renewCodes(token, authenticator.code()).expect(201);
    const fresh = body.recovery_codes as string[];
    expect(new Set([...fresh, ...recoveryCodes]).size).toBe(20);
    expect((await app.mailbox.to(email))[0]?.subject).toBe(
      said(twoFactorEn['recovery_codes_renewed.mail.subject'], { app: 'Acme' }),
    );
    const challenge_token = (await signIn(email).expect(401)).body.challenge.token as string;
    const answer = (code: string) =>
      app.anonymous
        .post('/two_factor_authentication/challenge/recovery_codes')
        .send({ challenge_token, code });
    await answer(recoveryCodes[0]!).expect(401);
    await answer(fresh[0]!).expect(201);
    expect(await remaining(token)).toEqual({ remaining: 9 });
  });

  it('stores the TOTP secret encrypted, and recovery codes of at least 64 bits hashed', async () => {
    const { recoveryCodes, userId } = await enrolled(app);
    const rows = await app.query(
      `SELECT s.sealed_secret, array_agg(c.digest) AS digests FROM authentication.totp_secrets s
       JOIN authentication.recovery_codes c USING (user_id) WHERE user_id = $1 GROUP BY 1`,
      [userId],
    );
    const { sealed_secret: box, digests } = rows[0] as { sealed_secret: Buffer; digests: Buffer[] };
    // The lengths of nonce, tag and ciphertext.
    expect(box).toHaveLength(12 + 16 + 20);
    expect(digests.every((digest) => digest.length === 32)).toBe(true);
    for (const code of recoveryCodes) {
      expect(code.replace(/-/g, '').length * Math.log2(32)).toBeGreaterThanOrEqual(64);
      expect(Buffer.concat(digests).includes(code)).toBe(false);
    }
  });

  it('stays on after a change and a reset of the password, and is deleted with its user', async () => {
    const { token, email, userId } = await enrolled(app);
    await app
      .as(token)
      .put('/password')
      .send({ current_password: PASSWORD, ...NEW })
      .expect(200);
    await signIn(email, NEW.password).expect(401);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const reset = await app.mailbox.tokenTo(email, RESET_MAIL);
    const back = { password: PASSWORD, password_confirmation: PASSWORD };
    const { headers } = await app.anonymous
      .put('/identity/password_reset')
      .send({ token: reset, ...back })
      .expect(200);
    expect(headers['x-session-token']).toBeUndefined();
    expect((await signIn(email).expect(401)).body).toMatchObject({ code: 'second_factor_required' });
    await app.query('DELETE FROM authentication.users WHERE id = $1', [userId]);
    for (const table of ['totp_secrets', 'recovery_codes']) {
      expect(await app.query(`SELECT 1 FROM authentication.${table} WHERE user_id = $1`, [userId])).toEqual(
        [],
      );
    }
  });

  it('is removed when the owner of the address takes over the account (pre-hijacking)', async () => {
    const { email, userId } = await enrolled(app);
    await app.query('UPDATE authentication.users SET verified = false WHERE id = $1', [userId]);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const token = await app.mailbox.tokenTo(email, RESET_MAIL);
    await app.anonymous
      .put('/identity/password_reset')
      .send({ token, ...NEW })
      .expect(200);
    await signIn(email, NEW.password).expect(201);
  });

  it('decrypts with an older key of SECRET_KEY, and encrypts with the first key at the next code', async () => {
    const { email, authenticator, userId } = await enrolled(app);
    const [first, second] = [Buffer.alloc(32, 9).toString('base64'), Buffer.alloc(32, 7).toString('base64')];
    const signInWith = async (keys: string, status: number) => {
      const other = await startApplication({ variables: { SECRET_KEY: keys } });
      try {
        await forgetSteps(other, userId);
        const { body } = await other.anonymous
          .post('/sign_in')
          .send({ email, password: PASSWORD })
          .expect(401);
        await other.anonymous
          .post('/two_factor_authentication/challenge/totp')
          .send({ challenge_token: body.challenge.token as string, code: authenticator.code() })
          .expect(status);
      } finally {
        await other.close();
      }
    };
    await app.close();
    await signInWith(first, 500);
    await signInWith(`${first},${second}`, 201);
    await signInWith(first, 201);
    app = await startApplication();
  });
});
