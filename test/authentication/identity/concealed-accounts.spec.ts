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
  const person = async (): Promise<SignedIn> => {
    const email = app.newEmail();
    await signUp(email).expect(202);
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
    text: text.replaceAll(sent, 'ADDRESS').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'),
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

  it('creates one account for many sign-ups at the same time', async () => {
    const email = app.newEmail();
    const answers = await Promise.all(Array.from({ length: 8 }, () => signUp(email)));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(8).fill(202));
    expect(await app.query('SELECT 1 FROM authentication.users WHERE email = $1', [email])).toHaveLength(1);
  });

  it('gives the same answer to a change to a free and to a taken address, and mails the owner of the taken one', async () => {
    const [caller, owner] = [await person(), await person()];
    await app.markVerified(caller.email);
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
    const confirm = async (address: string) =>
      app.anonymous
        .put('/identity/email_verification')
        .send({ email: address, token: await app.mailbox.tokenTo(address, VERIFICATION_MAIL) })
        .expect(204);
    await confirm(email);
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
