import { Database } from '../../../../src/authentication/core/database/database.js';
import { twoFactorEn } from '../../../../src/authentication/features/two-factor/two-factor.en.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';
import { overtaken } from '../../../support/overtaken.js';
import { patternOf, readable, said, VERIFICATION_MAIL } from '../../../support/texts.js';
import { calmMoment, enrolled, forgetSteps } from './authenticator.js';

const WRONG_CODES_MAIL = patternOf(twoFactorEn['wrong_codes.mail.subject']);
const CHALLENGE = '/two_factor_authentication/challenge';
const NEW = { password: 'four other words, quite new', password_confirmation: 'four other words, quite new' };

describe('The second factor at sign-in', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const challenge = async (email: string, password = PASSWORD) => {
    const { body, headers } = await app.anonymous.post('/sign_in').send({ email, password }).expect(401);
    expect(headers['x-session-token']).toBeUndefined();
    expect(body).toMatchObject({ status: 401, code: 'second_factor_required' });
    return (body as { challenge: { token: string; methods: string[]; expires_at: string } }).challenge;
  };
  const withTotp = (challenge_token: string, code: string) =>
    app.anonymous.post(`${CHALLENGE}/totp`).send({ challenge_token, code });
  const withRecoveryCode = (challenge_token: string, code: string) =>
    app.anonymous.post(`${CHALLENGE}/recovery_codes`).send({ challenge_token, code });
  const sessionsOf = (userId: number) =>
    app.query('SELECT id FROM authentication.sessions WHERE user_id = $1', [userId]);

  it('answers a right password with a challenge that is valid for 10 minutes, and starts no session', async () => {
    const { email, userId } = await enrolled(app);
    const before = Date.now();
    const { token, methods, expires_at } = await challenge(email);
    expect(token).toHaveLength(43);
    expect(methods).toEqual(['totp', 'recovery_code']);
    expect(Math.abs(Date.parse(expires_at) - before - 600_000)).toBeLessThan(20_000);
    expect(await sessionsOf(userId)).toHaveLength(1);
    const wrong = await app.anonymous
      .post('/sign_in')
      .send({ email, password: 'not the password' })
      .expect(401);
    expect(wrong.body).toMatchObject({ code: 'invalid_credentials' });
    expect(wrong.body).not.toHaveProperty('challenge');
  });

  it('starts a session for a code from the app, once', async () => {
    const { email, userId, authenticator } = await enrolled(app);
    const { token } = await challenge(email);
    await calmMoment();
    const { body, headers } = await withTotp(token, authenticator.code()).expect(201);
    expect(body).toMatchObject({ user_id: userId, current: true });
    await app.as(headers['x-session-token']).get('/me').expect(200);
    const spent = await withTotp(token, authenticator.code(1)).expect(400);
    expect(spent.body).toMatchObject({ code: 'invalid_token' });
  });

  it('accepts the codes of the previous and of the next step, each once', async () => {
    const { email, authenticator } = await enrolled(app);
    await calmMoment();
    const codes = [1, -1, 0].map((steps) => authenticator.code(steps));
    for (const code of codes) await withTotp((await challenge(email)).token, code).expect(201);
    for (const code of codes) {
      const { body } = await withTotp((await challenge(email)).token, code).expect(401);
      expect(body).toMatchObject({ code: 'invalid_credentials' });
    }
    await withTotp((await challenge(email)).token, authenticator.code(2)).expect(401);
  });

  it('starts a session for a recovery code however it is typed, uses it up, and mails the user', async () => {
    const { email, token: session, recoveryCodes } = await enrolled(app);
    const [first = '', second = ''] = recoveryCodes;
    await withRecoveryCode((await challenge(email)).token, first).expect(201);
    const [mail] = await app.mailbox.to(email);
    expect(mail?.subject).toBe(said(twoFactorEn['recovery_code_used.mail.subject'], { app: 'Acme' }));
    const text = said(twoFactorEn['recovery_code_used.mail.text'], { email, count: 9 });
    expect(readable(mail!.text)).toContain(text);
    const { token } = await challenge(email);
    await withRecoveryCode(token, first).expect(401);
    await withRecoveryCode(token, ` ${second.replace(/-/g, ' ').toUpperCase()} `).expect(201);
    const { body } = await app
      .as(session)
      .get('/two_factor_authentication/profile/recovery_codes')
      .expect(200);
    expect(body).toEqual({ remaining: 8 });
  });

  it('refuses a code of the other kind or of another user, and an unknown challenge', async () => {
    const ada = await enrolled(app);
    const eve = await enrolled(app);
    const { token } = await challenge(ada.email);
    await withTotp(token, ada.recoveryCodes[0]!).expect(401);
    await withRecoveryCode(token, ada.authenticator.code()).expect(401);
    await withTotp(token, eve.authenticator.code()).expect(401);
    await withRecoveryCode(token, eve.recoveryCodes[0]!).expect(401);
    for (const unknown of ['x', eve.token, await app.mailbox.tokenTo(ada.email, VERIFICATION_MAIL)]) {
      await withTotp(unknown, ada.authenticator.code()).expect(400);
    }
    await app.as(token).get('/me').expect(401);
    await app.anonymous
      .put('/identity/password_reset')
      .send({ token, ...NEW })
      .expect(400);
    const missing = await app.anonymous.post(`${CHALLENGE}/totp`).send({}).expect(422);
    expect(missing.body).toMatchObject({
      code: 'missing_parameters',
      errors: [{ field: 'challenge_token' }, { field: 'code' }],
    });
  });

  it('answers 429 to all challenges of a user after five wrong codes, with any THROTTLE_FACTOR', async () => {
    const { email, userId, token: session, authenticator, recoveryCodes } = await enrolled(app);
    const [one, two] = [await challenge(email), await challenge(email)];
    for (let failure = 0; failure < 5; failure += 1) {
      const path = failure % 2 === 0 ? 'totp' : 'recovery_codes';
      await app.anonymous
        .post(`${CHALLENGE}/${path}`)
        .send({ challenge_token: failure < 3 ? one.token : two.token, code: authenticator.wrongCode() })
        .expect(401);
    }
    for (const { token } of [one, two, await challenge(email)]) {
      const { headers } = await withTotp(token, authenticator.code()).expect(429);
      expect(Number(headers['retry-after'])).toBeGreaterThan(600);
      await withRecoveryCode(token, recoveryCodes[0]!).expect(429);
    }
    expect(await sessionsOf(userId)).toHaveLength(1);
    await withTotp('unknown', authenticator.code()).expect(400);
    // The owner is not locked out: an existing session keeps working, and the limit ends after 15 minutes.
    await app.as(session).get('/me').expect(200);
    await letTimePass(app, '15 minutes');
    await withTotp((await challenge(email)).token, authenticator.code()).expect(201);
  });

  it('mails the owner when a right password is followed by wrong codes up to the limit, once', async () => {
    const { email, authenticator } = await enrolled(app);
    const { token } = await challenge(email);
    const mails = () => app.mailbox.to(email, WRONG_CODES_MAIL);
    for (let failure = 0; failure < 4; failure += 1)
      await withTotp(token, authenticator.wrongCode()).expect(401);
    expect(await mails()).toEqual([]);
    await withTotp(token, authenticator.wrongCode()).expect(401);
    await withTotp(token, authenticator.wrongCode()).expect(429);
    const [mail, ...others] = await mails();
    expect(others).toEqual([]);
    const values = { email, number: '5' };
    expect(readable(mail!.text)).toContain(said(twoFactorEn['wrong_codes.mail.minutes'], values));
  });

  it('refuses codes of the app for the day after twenty wrong codes, but no recovery codes', async () => {
    const { email, token: session, authenticator, recoveryCodes } = await enrolled(app);
    for (let failure = 0; failure < 20; failure += 1) {
      if (failure % 5 === 0) await letTimePass(app, '15 minutes');
      await withTotp((await challenge(email)).token, authenticator.wrongCode()).expect(401);
      // A success between the failures does not give an attacker further guesses of the app.
      if (failure === 7)
        await withRecoveryCode((await challenge(email)).token, recoveryCodes[9]!).expect(201);
      if (failure === 7) await letTimePass(app, '15 minutes');
    }
    await letTimePass(app, '15 minutes');
    await calmMoment();
    const { token } = await challenge(email);
    const { headers } = await withTotp(token, authenticator.code()).expect(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(3600);
    const proof = { current_password: PASSWORD, code: authenticator.code() };
    await app.as(session).delete('/two_factor_authentication/profile/totp').send(proof).expect(429);
    await withRecoveryCode(token, recoveryCodes[0]!).expect(201);
    const [mail] = await app.mailbox.to(email, WRONG_CODES_MAIL);
    const values = { email, number: '20' };
    expect(readable(mail!.text)).toContain(said(twoFactorEn['wrong_codes.mail.day'], values));
    await letTimePass(app, '1 day');
    await withTotp((await challenge(email)).token, authenticator.code()).expect(201);
  });

  it('accepts no code twice, also on a clock that is set forward and back', async () => {
    const database = app.get(Database);
    const { secondsNow } = database;
    const step = Math.floor(Date.now() / 30_000);
    try {
      for (const [number, later] of [
        [3, 201],
        [25, 401],
      ] as const) {
        const { email, authenticator } = await enrolled(app);
        const at = async (moment: number) => {
          database.secondsNow = () => Promise.resolve(moment * 30 + 1);
          const { status } = await withTotp((await challenge(email)).token, authenticator.codeOf(moment));
          return status;
        };
        const wrongClock = Array.from({ length: number }, (_, index) => step + 1_000_000 + index);
        for (const moment of [step, ...wrongClock]) expect(await at(moment)).toBe(201);
        for (const moment of [step, ...wrongClock]) {
          expect(await at(moment)).toBe(401);
        }
        // A few sign-ins by the wrong clock do not keep the owner out.
        expect(await at(step + 1)).toBe(later);
        database.secondsNow = secondsNow;
      }
    } finally {
      database.secondsNow = secondsNow;
    }
  });

  it('counts each of many wrong codes at the same time', async () => {
    const { email, authenticator } = await enrolled(app);
    const { token } = await challenge(email);
    const wrong = authenticator.wrongCode();
    const answers = await Promise.all(Array.from({ length: 20 }, () => withTotp(token, wrong)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15);
  });

  it('does not count a code that was already used, and resets the count after a success', async () => {
    const { email, userId, authenticator, recoveryCodes } = await enrolled(app);
    await calmMoment();
    await withTotp((await challenge(email)).token, authenticator.code()).expect(201);
    await withRecoveryCode((await challenge(email)).token, recoveryCodes[0]!).expect(201);
    const { token } = await challenge(email);
    for (let turn = 0; turn < 7; turn += 1) await withRecoveryCode(token, recoveryCodes[0]!).expect(401);
    for (let turn = 0; turn < 7; turn += 1) await withTotp(token, authenticator.code()).expect(401);
    for (let turn = 0; turn < 4; turn += 1) await withTotp(token, authenticator.wrongCode()).expect(401);
    await withTotp(token, authenticator.code(1)).expect(201);
    await forgetSteps(app, userId);
    const next = await challenge(email);
    for (let turn = 0; turn < 4; turn += 1) await withTotp(next.token, authenticator.wrongCode()).expect(401);
    await withTotp(next.token, authenticator.code()).expect(201);
  });

  it('has its own counter: a right password still gets a challenge, and does not reset the count', async () => {
    const { email, authenticator } = await enrolled(app);
    const { token } = await challenge(email);
    for (let failure = 0; failure < 5; failure += 1)
      await withTotp(token, authenticator.wrongCode()).expect(401);
    await challenge(email);
    await withTotp(token, authenticator.code()).expect(429);
  });

  it('accepts one of 20 answers to one challenge at the same time, for both kinds of code', async () => {
    const { email, userId, authenticator, recoveryCodes } = await enrolled(app);
    await calmMoment();
    const code = authenticator.code();
    const first = await challenge(email);
    const byTotp = await Promise.all(Array.from({ length: 20 }, () => withTotp(first.token, code)));
    expect(byTotp.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(19).fill(400)]);
    const second = await challenge(email);
    const byCode = await Promise.all(
      Array.from({ length: 20 }, () => withRecoveryCode(second.token, recoveryCodes[0]!)),
    );
    expect(byCode.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(19).fill(400)]);
    expect(await sessionsOf(userId)).toHaveLength(3);
  });

  it('accepts the same code for one of 20 challenges at the same time, for both kinds of code', async () => {
    const { email, userId, authenticator, recoveryCodes } = await enrolled(app);
    const challenges: string[] = [];
    for (let count = 0; count < 20; count += 1) challenges.push((await challenge(email)).token);
    await calmMoment();
    const code = authenticator.code();
    const byTotp = await Promise.all(challenges.map((token) => withTotp(token, code)));
    expect(byTotp.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(19).fill(401)]);
    const left = challenges.filter((_, index) => byTotp[index]!.status === 401);
    const byCode = await Promise.all(left.map((token) => withRecoveryCode(token, recoveryCodes[0]!)));
    expect(byCode.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(byCode.every(({ status }) => [201, 401].includes(status))).toBe(true);
    expect(await sessionsOf(userId)).toHaveLength(3);
  });

  it('refuses a challenge after 10 minutes', async () => {
    const { email, authenticator } = await enrolled(app);
    const { token } = await challenge(email);
    await letTimePass(app, '10 minutes');
    await withTotp(token, authenticator.code()).expect(400);
  });

  it('refuses a challenge after a new password, a new address, the end of all sessions, and a suspension', async () => {
    const endings: [string, (person: Awaited<ReturnType<typeof enrolled>>) => Promise<unknown>][] = [
      [
        'password',
        ({ token }) =>
          app
            .as(token)
            .put('/password')
            .send({ current_password: PASSWORD, ...NEW })
            .expect(200),
      ],
      [
        'address',
        async ({ token }) => {
          const email = app.newEmail();
          await app.as(token).put('/identity/email').send({ current_password: PASSWORD, email }).expect(200);
          const link = await app.mailbox.tokenTo(email);
          await app.anonymous.put('/identity/email_verification').send({ email, token: link }).expect(204);
        },
      ],
      ['sessions', ({ token }) => app.as(token).delete('/sessions').expect(204)],
      [
        'suspension',
        ({ userId }) =>
          app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [userId]),
      ],
    ];
    for (const [name, end] of endings) {
      const person = await enrolled(app);
      const { token } = await challenge(person.email);
      await end(person);
      await calmMoment();
      const { status } = await withTotp(token, person.authenticator.code());
      expect([name, status]).toEqual([name, 400]);
    }
  });

  it('starts no session that survives the end of all sessions right after it', async () => {
    const { email, token: own, userId, recoveryCodes } = await enrolled(app);
    const { token } = await challenge(email);
    const [answer, ended] = await overtaken(app, userId, [
      () => withRecoveryCode(token, recoveryCodes[0]!),
      () => app.as(own).delete('/sessions'),
    ]);
    expect(ended?.status).toBe(204);
    const started = answer?.headers['x-session-token'];
    if (started !== undefined) await app.as(started).get('/me').expect(401);
    expect(await sessionsOf(userId)).toEqual([]);
  });

  it('is not required from users who have not set it up', async () => {
    const { email, token } = await app.person({ verified: true });
    await app
      .as(token)
      .post('/two_factor_authentication/profile/totp')
      .send({ current_password: PASSWORD })
      .expect(201);
    await app.signIn(email);
  });
});
