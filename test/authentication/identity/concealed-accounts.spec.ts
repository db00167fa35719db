import { identityEn } from '../../../src/authentication/identity/identity.en.js';
import {
  PASSWORD,
  startApplication,
  type SignedIn,
  type TestApplication,
} from '../../support/application.js';
import { patternOf, said, VERIFICATION_MAIL } from '../../support/texts.js';

const FORM = { password: PASSWORD, password_confirmation: PASSWORD };
const CHANGE_MAIL = patternOf(identityEn['email_change_requested.mail.subject']);
const TAKEN_MAIL = patternOf(identityEn['already_registered.mail.subject']);

describe('CONCEAL_ACCOUNTS=true', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ variables: { CONCEAL_ACCOUNTS: 'true' } });
  });
  afterAll(() => app.close());

  const signUp = (email: string) => app.anonymous.post('/sign_up').send({ email, ...FORM });
  const confirm = async (email: string) =>
    app.anonymous
      .put('/identity/email_verification')
      .send({ email, token: await app.mailbox.tokenTo(email, VERIFICATION_MAIL) })
      .expect(204);
  /** A verified user. */
  const person = async (): Promise<SignedIn> => {
    const email = app.newEmail();
    await signUp(email).expect(202);
    await confirm(email);
    return app.signIn(email);
  };
  /** An answer without its time and without the values that were sent. */
  const traits = (
    { status, headers, text }: { status: number; headers: object; text: string },
    sent: string,
  ) => ({
    status,
    headers: Object.entries(headers as Record<string, string>).filter(
      ([name]) => name !== 'date' && name !== 'etag',
    ),
    text: text
      .split(sent)
      .join('ADDRESS')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'),
  });

  it('gives the same answer to a sign-up with a free and with a taken address', async () => {
    const email = app.newEmail();
    const free = await signUp(email).expect(202);
    expect(free.body).toEqual({ email });
    const taken = await signUp(email.toUpperCase()).expect(202);
    expect(traits(taken, email)).toEqual(traits(free, email));
  });

  it('still refuses an invalid form', async () => {
    const { email } = await person();
    for (const address of [email, app.newEmail()]) {
      const { body } = await app.anonymous
        .post('/sign_up')
        .send({ email: address, password: 'short', password_confirmation: 'short' })
        .expect(422);
      expect(body).toMatchObject({ errors: [{ field: 'password', code: 'too_short' }] });
    }
  });

  it('mails the owner of a taken address, and does not change the account', async () => {
    const { email, token } = await person();
    const other = 'a password of somebody else';
    await app.anonymous
      .post('/sign_up')
      .send({ email, password: other, password_confirmation: other })
      .expect(202);
    const [notice, ...earlier] = await app.mailbox.to(email);
    expect(notice?.subject).toBe(said(identityEn['already_registered.mail.subject'], { app: 'Acme' }));
    expect(notice?.text).not.toContain('token=');
    expect(earlier).toHaveLength(1);
    await app.as(token).get('/me').expect(200);
    await app.anonymous.post('/sign_in').send({ email, password: other }).expect(401);
  });

  it('mails a new user the link that confirms the address', async () => {
    const email = app.newEmail();
    await signUp(email).expect(202);
    const token = await app.mailbox.tokenTo(email);
    await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(204);
  });

  it('gives the right password of an account that was never verified the answer of a wrong one, and mails its link', async () => {
    const [unverified, other] = [app.newEmail(), await person()];
    await signUp(unverified).expect(202);
    const signIn = (email: string, password: string) =>
      app.anonymous.post('/sign_in').send({ email, password });
    const refused = await signIn(unverified, PASSWORD).expect(401);
    expect(refused.body).toMatchObject({ code: 'invalid_credentials' });
    for (const email of [unverified, other.email, app.newEmail()]) {
      const wrong = await signIn(email, 'not the password').expect(401);
      expect(traits(wrong, email)).toEqual(traits(refused, unverified));
    }
    // The link of the sign-up, and one for the right password; a wrong one sends nothing.
    expect(await app.mailbox.to(unverified)).toHaveLength(2);
    expect(await app.mailbox.to(other.email)).toHaveLength(1);
    await confirm(unverified);
    await app.signIn(unverified);
  });

  it('leaves no user behind after a sign-up with a taken address', async () => {
    const { email } = await person();
    const rows = () => app.query('SELECT count(*) FROM authentication.users');
    const before = await rows();
    await signUp(email).expect(202);
    expect(await rows()).toEqual(before);
  });

  it('creates one account for many sign-ups at the same time', async () => {
    const email = app.newEmail();
    const answers = await Promise.all(Array.from({ length: 8 }, () => signUp(email)));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(8).fill(202));
    expect(await app.query('SELECT 1 FROM authentication.users WHERE email = $1', [email])).toHaveLength(1);
  });

  it('gives the same answer to a change to a free and to a taken address, and mails the owner of the taken one', async () => {
    const [caller, owner] = [await person(), await person()];
    const change = (email: string) =>
      app.as(caller.token).put('/identity/email').send({ current_password: PASSWORD, email });
    // Of the same length, so that Content-Length is the same too.
    const free = owner.email.replace('@example.com', '@example.net');
    const first = await change(free).expect(200);
    const second = await change(owner.email).expect(200);
    expect(second.body).toMatchObject({ email: caller.email, unconfirmed_email: owner.email });
    expect(traits(second, owner.email)).toEqual(traits(first, free));

    const [notice] = await app.mailbox.to(owner.email);
    expect(notice?.subject).toBe(said(identityEn['already_registered.mail.subject'], { app: 'Acme' }));
    expect(notice?.text).not.toContain('token=');
    const told = await app.mailbox.to(caller.email, CHANGE_MAIL);
    expect(told).toHaveLength(2);
  });

  it('gives the same answer to a sign-up with an address that another user can take back', async () => {
    const { email, token } = await person();
    const moved = app.newEmail();
    await app.as(token).put('/identity/email').send({ current_password: PASSWORD, email: moved }).expect(200);
    await confirm(moved);
    const free = email.replace('@example.com', '@example.net');
    const [kept, other] = [await signUp(email).expect(202), await signUp(free).expect(202)];
    expect(traits(kept, email)).toEqual(traits(other, free));
    expect(await app.query('SELECT 1 FROM authentication.users WHERE email = $1', [email])).toEqual([]);
    expect(await app.mailbox.to(email, TAKEN_MAIL)).toHaveLength(1);
  });

  it('sends the owner of a taken address no link, also when the caller asks for a new mail', async () => {
    const [caller, owner] = [await person(), await person()];
    await app
      .as(caller.token)
      .put('/identity/email')
      .send({ current_password: PASSWORD, email: owner.email })
      .expect(200);
    await app.as(caller.token).post('/identity/email_verification').expect(204);
    expect(await app.mailbox.to(owner.email, TAKEN_MAIL)).toHaveLength(2);
    const tokens = await app.query(
      'SELECT 1 FROM authentication.one_time_tokens WHERE user_id = $1 AND sent_to = $2',
      [caller.userId, owner.email],
    );
    expect(tokens).toEqual([]);
    await app.as(owner.token).get('/me').expect(200);
  });
});

describe('A right password with CONCEAL_ACCOUNTS=true, of an account that was never verified', () => {
  let app: TestApplication;

  afterEach(() => app.close());

  it('is counted as a failure, and mails within the limit', async () => {
    app = await startApplication({ variables: { CONCEAL_ACCOUNTS: 'true', THROTTLE_FACTOR: '1' } });
    const email = app.newEmail();
    await app.anonymous
      .post('/sign_up')
      .send({ email, ...FORM })
      .expect(202);
    const statuses: number[] = [];
    for (let times = 0; times < 11; times += 1) {
      statuses.push((await app.anonymous.post('/sign_in').send({ email, password: PASSWORD })).status);
    }
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
    expect(await app.mailbox.to(email)).toHaveLength(3);
  });

  it('is a wrong one with REQUIRE_VERIFIED_EMAIL=true, too', async () => {
    app = await startApplication({
      variables: { CONCEAL_ACCOUNTS: 'true', REQUIRE_VERIFIED_EMAIL: 'true' },
    });
    const email = app.newEmail();
    await app.anonymous
      .post('/sign_up')
      .send({ email, ...FORM })
      .expect(202);
    const { body } = await app.anonymous.post('/sign_in').send({ email, password: PASSWORD }).expect(401);
    expect(body).toMatchObject({ code: 'invalid_credentials' });
  });
});
