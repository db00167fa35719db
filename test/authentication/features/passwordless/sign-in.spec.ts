import { passwordlessEn } from '../../../../src/authentication/features/passwordless/passwordless.en.js';
import { PasswordlessModule } from '../../../../src/authentication/features/passwordless/passwordless.module.js';
import { identityEn } from '../../../../src/authentication/identity/identity.en.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { KeywordFeature } from '../../../support/features/keyword.feature.js';
import { RealmsFeature } from '../../../support/features/realms.feature.js';
import { Witness, WitnessFeature } from '../../../support/features/witness.feature.js';
import { Log } from '../../../support/log.js';
import { patternOf, said } from '../../../support/texts.js';

const PATH = '/sessions/passwordless';
const SIGN_IN_MAIL = patternOf(passwordlessEn['passwordless.mail.subject']);
const WRONG = '22222222';

const mailedTo = async (app: TestApplication, email: string, headers: Record<string, string> = {}) => {
  await app.anonymous.post(PATH).set(headers).send({ email }).expect(204);
  // The verification mail of the sign-up may be sent later.
  const [mail] = await app.mailbox.to(email, SIGN_IN_MAIL);
  const [, token = ''] = /token=([\w-]+)/.exec(mail?.text ?? '') ?? [];
  const [code = ''] = /^[0-9A-Z]{8}$/m.exec(mail?.text ?? '') ?? [];
  return { token, code, subject: mail?.subject };
};

describe('A sign-in with a mailed link or code', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ features: [PasswordlessModule, KeywordFeature] });
  });
  afterAll(async () => {
    // Other spec files use the same database, and do not expect these tables.
    await app.query('DROP TABLE IF EXISTS authentication.keyword_challenges, authentication.keywords');
    await app.query("DELETE FROM authentication.migrations WHERE name ~ '19000000000'");
    await app.close();
  });

  const withKeyword = async (verified: boolean) => {
    const person = await app.person({ verified });
    await app.as(person.token).put('/keyword').send({ keyword: 'abracadabra' }).expect(204);
    return person;
  };
  const challenge = async (body: object) => {
    const answer = await app.anonymous.put(PATH).send(body).expect(401);
    expect(answer.body).toMatchObject({ code: 'keyword_required' });
    expect(answer.headers['x-session-token']).toBeUndefined();
    return (answer.body as { challenge_token: string }).challenge_token;
  };

  it('requires the second step (ASVS 6.3.4)', async () => {
    const { email, userId } = await withKeyword(true);
    const [byLink, byCode] = [await mailedTo(app, email), await mailedTo(app, email)];
    for (const proof of [{ token: byLink.token }, { email, code: byCode.code }]) {
      const challenge_token = await challenge(proof);
      await app.anonymous.put(PATH).send(proof).expect(400);
      const { body, headers } = await app.anonymous
        .post('/sign_in/keyword')
        .send({ challenge_token, keyword: 'abracadabra' })
        .expect(201);
      expect(body).toMatchObject({ user_id: userId });
      await app.as(headers['x-session-token']).get('/me').expect(200);
    }
  });

  it('ends open challenges when it takes over an account', async () => {
    const { email } = await withKeyword(false);
    const { body } = await app.anonymous.post('/sign_in').send({ email, password: PASSWORD }).expect(401);
    const { challenge_token: open } = body as { challenge_token: string };
    await challenge({ token: (await mailedTo(app, email)).token });
    await app.anonymous
      .post('/sign_in/keyword')
      .send({ challenge_token: open, keyword: 'abracadabra' })
      .expect(400);
  });
});

describe('A mailed link with REQUIRE_VERIFIED_EMAIL', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ variables: { REQUIRE_VERIFIED_EMAIL: 'true' } });
  });
  afterAll(() => app.close());

  it('confirms the address', async () => {
    const { email } = await app.signUp();
    await app.anonymous.post('/sign_in').send({ email, password: PASSWORD }).expect(403);
    const { token } = await mailedTo(app, email);
    const { headers } = await app.anonymous.put(PATH).send({ token }).expect(201);
    const { body } = await app.as(headers['x-session-token']).get('/me').expect(200);
    expect(body).toMatchObject({ email, verified: true });
  });
});

describe('The events of a sign-in by mail', () => {
  let app: TestApplication;
  let witness: Witness;

  beforeAll(async () => {
    app = await startApplication({ features: [PasswordlessModule, WitnessFeature] });
    witness = app.get(Witness);
  });
  afterAll(() => app.close());

  it('are sign-ins and failed sign-ins', async () => {
    const { email, userId } = await app.person({ verified: true });
    const { code } = await mailedTo(app, email);
    await app.anonymous.put(PATH).send({ email, code: WRONG }).expect(400);
    await app.anonymous.put(PATH).send({ email, code }).expect(201);
    const { token } = await mailedTo(app, email);
    await app.anonymous.put(PATH).send({ token }).expect(201);
    expect(witness.of(userId).slice(-3)).toEqual(['sign_in_failed', 'signed_in', 'signed_in']);
    const heard = witness.facts.filter((fact) => fact.userId === userId);
    for (const fact of heard) expect(fact).toMatchObject({ found: true, inTransaction: true });
  });

  it('include no failure when there is no code to guess, so that an attacker cannot fill the list', async () => {
    const { email, userId } = await app.person({ verified: true });
    const before = witness.of(userId);
    const guess = () => app.anonymous.put(PATH).send({ email, code: WRONG }).expect(400);
    await guess();
    expect(witness.of(userId)).toEqual(before);
    await mailedTo(app, email);
    for (let guessed = 0; guessed < 7; guessed += 1) await guess();
    expect(witness.of(userId)).toEqual([...before, ...Array<string>(5).fill('sign_in_failed')]);
  });

  it('include a takeover before the sign-in if the address was never confirmed', async () => {
    const { email, userId } = await app.person();
    const { token } = await mailedTo(app, email);
    await app.anonymous.put(PATH).send({ token }).expect(201);
    expect(witness.of(userId).slice(-3)).toEqual(['taken_over', 'access_ended', 'signed_in']);
  });

  it('roll the whole sign-in back when a listener fails', async () => {
    const person = await app.person();
    const { email } = person;
    const { token, code } = await mailedTo(app, email);
    for (const action of ['taken_over', 'access_ended']) {
      witness.failsAt = action;
      for (const proof of [{ token }, { email, code }]) await app.anonymous.put(PATH).send(proof).expect(500);
    }
    witness.failsAt = null;
    const { body } = await app.as(person.token).get('/me').expect(200);
    expect(body).toMatchObject({ verified: false });
    await app.signIn(email);
    await app.anonymous.put(PATH).send({ token }).expect(201);
  });

  it('are logged with one line for each outcome, without secrets', async () => {
    const log = Log.of(app);
    const { email, userId } = await app.person();
    const { token, code } = await mailedTo(app, email);
    const typed = code.toLowerCase();
    await app.anonymous.put(PATH).send({ email, code: WRONG }).expect(400);
    await app.anonymous.put(PATH).send({ email, code: typed }).expect(201);
    await app.anonymous.put(PATH).send({ token }).expect(400);
    app.nest.useLogger(false);
    // The worker writes `mail_sent` in its own time.
    const written = log.entries().filter(({ event }) => event !== 'mail_sent');
    const lines = written.map(({ event, user_id, reason }) => [event, user_id, reason]);
    expect(lines.slice(lines.findIndex(([event]) => event === 'passwordless_requested'))).toEqual([
      ['passwordless_requested', null, undefined],
      ['mail_kept', undefined, undefined],
      ['sign_in_failed', userId, 'invalid_token'],
      ['taken_over', userId, undefined],
      ['signed_in', userId, undefined],
      ['sign_in_failed', null, 'invalid_token'],
    ]);
    for (const secret of [token, code, typed, email]) expect(log.lines.join('\n')).not.toContain(secret);
  });
});

describe('Mailed links of realms', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ features: [PasswordlessModule, RealmsFeature] });
  });
  afterAll(() => app.close());

  const register = async (realm: string, email = app.newEmail()) => {
    const form = { email, password: PASSWORD, password_confirmation: PASSWORD };
    const { body } = await app.anonymous.post('/sign_up').set('X-Realm', realm).send(form).expect(201);
    return { email, userId: (body as { id: number }).id };
  };

  it('name their realm, select it, and work in no other realm', async () => {
    const red = await register('Red');
    await register('Blue', red.email);
    const { token, subject } = await mailedTo(app, red.email, { 'X-Realm': 'Red' });
    expect(subject).toBe(said(passwordlessEn['passwordless.mail.subject'], { app: 'Red' }));
    for (const realm of ['Blue', 'Acme']) {
      await app.anonymous.get(PATH).query({ token }).set('X-Realm', realm).expect(400);
      const { body } = await app.anonymous.put(PATH).set('X-Realm', realm).send({ token }).expect(400);
      expect(body).toMatchObject({ code: 'invalid_token' });
    }
    await app.anonymous.get(PATH).query({ token }).expect(200);
    const { body, headers } = await app.anonymous.put(PATH).send({ token }).expect(201);
    expect(body).toMatchObject({ user_id: red.userId });
    const bearer = app.as(headers['x-session-token']);
    await bearer.get('/me').set('X-Realm', 'Red').expect(200);
    await bearer.get('/me').set('X-Realm', 'Blue').expect(401);
  });

  it('have codes that work only in the realm of the request', async () => {
    const red = await register('Red');
    const blue = await register('Blue', red.email);
    const { email } = red;
    const { code } = await mailedTo(app, email, { 'X-Realm': 'Blue' });
    for (const realm of ['Red', 'Acme']) {
      await app.anonymous.put(PATH).set('X-Realm', realm).send({ email, code }).expect(400);
    }
    await app.anonymous.put(PATH).send({ email, code }).expect(400);
    const { body } = await app.anonymous.put(PATH).set('X-Realm', 'Blue').send({ email, code }).expect(201);
    expect(body).toMatchObject({ user_id: blue.userId });
  });

  it('are mailed only to addresses of the realm', async () => {
    const { email } = await register('Red');
    await app.anonymous.post(PATH).set('X-Realm', 'Blue').send({ email }).expect(204);
    expect((await app.mailbox.to(email)).map(({ subject }) => subject)).toEqual([
      said(identityEn['email_verification.mail.subject'], { app: 'Red' }),
    ]);
  });
});
