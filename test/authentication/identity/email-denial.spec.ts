import { UserEvents, type UserFact } from '../../../src/authentication/core/events/user-events.js';
import { identityEn } from '../../../src/authentication/identity/identity.en.js';
import { PASSWORD, startApplication, type TestApplication } from '../../support/application.js';
import { letTimePass } from '../../support/clock.js';
import { DEAD_LINK, DONE_ALREADY, patternOf, readable, said } from '../../support/texts.js';

const PATH = '/identity/email_verification';
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0 https://evil.test/';
const FORM = { password: PASSWORD, password_confirmation: PASSWORD };

describe('identity/email_verification, "It was not me"', () => {
  let app: TestApplication;
  const facts: UserFact[] = [];

  beforeAll(async () => {
    app = await startApplication();
    app.get(UserEvents).listen({
      onUserFact: (fact) => {
        facts.push(fact);
        return Promise.resolve();
      },
    });
  });
  afterAll(() => app.close());

  const signUp = async (agent = AGENT) => {
    const email = app.newEmail();
    const { body } = await app.anonymous
      .post('/sign_up')
      .set('User-Agent', agent)
      .send({ email, ...FORM })
      .expect(201);
    return { email, userId: (body as { id: number }).id, token: await app.mailbox.tokenTo(email) };
  };
  const show = (link: { email: string; token: string }) =>
    app.anonymous.get(PATH).query({ email: link.email, token: link.token }).set('Accept', BROWSER);
  const deny = (
    { email, token }: { email: string; token: string },
    headers: Record<string, string> = { 'Sec-Fetch-Site': 'same-origin' },
  ) =>
    app.anonymous
      .post(`${PATH}/denial`)
      .type('form')
      .set({ Accept: BROWSER, ...headers })
      .send({ email, token });
  const userOf = async (id: number) =>
    (await app.query('SELECT * FROM authentication.users WHERE id = $1', [id]))[0];

  it('is a second button of the page, which says when, from where and with which program the account was made', async () => {
    const account = await signUp();
    const page = readable((await show(account).expect(200)).text);
    const [words] = said(identityEn['email_verification.page.account_with_agent']).split('{time}');
    expect(page).toContain(words);
    const year = String(new Date().getUTCFullYear());
    for (const part of ['127.0.0.1', year, 'UTC', 'Firefox/128.0']) expect(page).toContain(part);
    expect(page).toContain(said(identityEn['email_verification.page.deny_account']));
    expect(page).not.toContain('evil.test');
  });

  it('keeps where the account was made until the address is verified, and no longer', async () => {
    const { userId, email, token } = await signUp();
    expect(await userOf(userId)).toMatchObject({
      sign_up_ip_address: '127.0.0.1',
      sign_up_user_agent: AGENT,
      sign_up_provider: null,
    });
    await app.anonymous.put(PATH).send({ email, token }).expect(204);
    expect(await userOf(userId)).toMatchObject({
      verified: true,
      sign_up_ip_address: null,
      sign_up_user_agent: null,
    });
  });

  it('names the provider of a sign-up by a provider', async () => {
    const account = await signUp();
    await app.query("UPDATE authentication.users SET sign_up_provider = 'Example ID' WHERE id = $1", [
      account.userId,
    ]);
    expect(readable((await show(account).expect(200)).text)).toContain('Example ID');
  });

  it('deletes an account that was never verified, with all that belongs to it', async () => {
    const account = await signUp();
    const thief = await app.signIn(account.email);
    await app
      .as(thief.token)
      .put('/identity/email')
      .send({ current_password: PASSWORD, email: app.newEmail() })
      .expect(200);
    const { text, headers } = await deny(account).expect(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(readable(text)).toContain(said(identityEn['email_denial.account.title']));
    expect(await userOf(account.userId)).toBeUndefined();
    await app.as(thief.token).get('/me').expect(401);
    await app.anonymous.post('/sign_in').send({ email: account.email, password: PASSWORD }).expect(401);
    const told = facts.filter(({ user }) => user.id === account.userId).map(({ action }) => action);
    expect(told.at(-1)).toBe('deleted');
    const queued = await app.query("SELECT 1 FROM authentication_jobs.job WHERE data ->> 'address' = $1", [
      account.email,
    ]);
    expect(queued).toEqual([]);
    await app.signUp(account.email);
  });

  it('drops the change of an existing account, and tells its owner no more than that', async () => {
    const person = await app.person({ verified: true });
    const email = app.newEmail();
    await app
      .as(person.token)
      .put('/identity/email')
      .set('User-Agent', AGENT)
      .send({ current_password: PASSWORD, email })
      .expect(200);
    const link = { email, token: await app.mailbox.tokenTo(email) };
    const page = await show(link).expect(200);
    expect(readable(page.text)).toContain(said(identityEn['email_verification.page.change']));
    for (const secret of [person.email, '127.0.0.1', 'Firefox']) expect(page.text).not.toContain(secret);
    const { text } = await deny(link).expect(200);
    expect(readable(text)).toContain(said(identityEn['email_denial.change.title']));
    expect(text).not.toContain(person.email);
    expect(await userOf(person.userId)).toMatchObject({ email: person.email, unconfirmed_email: null });
    await app.anonymous.put(PATH).send(link).expect(400);
    await app.as(person.token).get('/me').expect(200);
    expect(await app.mailbox.to(person.email, patternOf(identityEn['password_reset.mail.subject']))).toEqual(
      [],
    );
  });

  it('deletes no account for the denial of its requested address', async () => {
    const account = await signUp();
    const { token } = await app.signIn(account.email);
    const email = app.newEmail();
    await app.as(token).put('/identity/email').send({ current_password: PASSWORD, email }).expect(200);
    await deny({ email, token: await app.mailbox.tokenTo(email) }).expect(200);
    expect(await userOf(account.userId)).toMatchObject({ email: account.email, unconfirmed_email: null });
  });

  it('is refused after the address was confirmed: the account stays', async () => {
    const { email, userId, token } = await signUp();
    await app.anonymous.put(PATH).send({ email, token }).expect(204);
    expect(readable((await deny({ email, token }).expect(400)).text)).toContain(DEAD_LINK);
    expect(await userOf(userId)).toMatchObject({ email });
  });

  it('works once, within 2 days, with the address of the link', async () => {
    const [account, late] = [await signUp(), await signUp()];
    await deny({ email: late.email, token: account.token }).expect(400);
    await deny({ email: '', token: '' }).expect(400);
    const answers = await Promise.all(Array.from({ length: 20 }, () => deny(account)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(19).fill(400)]);
    for (const { text } of answers.filter(({ status }) => status === 400))
      expect(readable(text)).toContain(DONE_ALREADY);
    await letTimePass(app, '2 days');
    await deny(late).expect(400);
    expect(await userOf(late.userId)).toMatchObject({ email: late.email });
  });

  it('is not told to be done already after the other button was pressed', async () => {
    const account = await signUp();
    await app.anonymous.put(PATH).send({ email: account.email, token: account.token }).expect(204);
    expect(readable((await deny(account).expect(400)).text)).toContain(DEAD_LINK);
  });

  it('or a confirmation wins when both come at the same time', async () => {
    for (let times = 0; times < 4; times += 1) {
      const account = await signUp();
      const { email, token } = account;
      const confirm = app.anonymous.put(PATH).send({ email, token });
      const [denied, confirmed] = await Promise.all(
        times % 2 === 0 ? [deny(account), confirm] : [confirm, deny(account)].reverse(),
      );
      const user = await userOf(account.userId);
      expect([denied?.status, confirmed?.status, user?.['verified']]).toEqual(
        denied?.status === 200 ? [200, 400, undefined] : [400, 204, true],
      );
    }
  });

  it('leaves a person who registered the address nothing of what is on its way at the same time', async () => {
    const account = await signUp();
    const { token } = await app.signIn(account.email);
    const first = app.as(token);
    await Promise.all([
      first.put('/identity/email').send({ current_password: PASSWORD, email: app.newEmail() }),
      deny(account).expect(200),
      first.put('/password').send({ current_password: PASSWORD, ...FORM }),
      app.anonymous.post('/sign_in').send({ email: account.email, password: PASSWORD }),
    ]);
    expect(await userOf(account.userId)).toBeUndefined();
    await first.get('/me').expect(401);
    const again = await app.anonymous.post('/sign_in').send({ email: account.email, password: PASSWORD });
    expect(again.status).toBe(401);
  });

  it('frees an address that the account took along when it changed', async () => {
    const account = await signUp();
    const { token } = await app.signIn(account.email);
    const email = app.newEmail();
    await app.as(token).put('/identity/email').send({ current_password: PASSWORD, email }).expect(200);
    await app.anonymous
      .put(PATH)
      .send({ email, token: await app.mailbox.tokenTo(email) })
      .expect(204);
    await deny(account).expect(400);
    await app.signUp(account.email);
  });

  it('accepts only a form of its own page, and a GET does nothing', async () => {
    const account = await signUp();
    for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'http://evil.test' }]) {
      await deny(account, headers as never).expect(400);
    }
    await app.anonymous
      .post(`${PATH}/denial`)
      .set('Accept', BROWSER)
      .send({ email: account.email })
      .expect(415);
    for (const method of ['get', 'head'] as const) {
      await app.anonymous[method](`${PATH}/denial`).query({ token: account.token }).expect(404);
    }
    expect(await userOf(account.userId)).toMatchObject({ email: account.email });
  });

  it('says that an account is in use, and deletes nothing, when a table of the host refers to it', async () => {
    const account = await signUp();
    await app.query(`CREATE TABLE public.posts (author bigint REFERENCES authentication.users)`);
    try {
      await app.query('INSERT INTO public.posts VALUES ($1)', [account.userId]);
      const { headers } = await deny(account).expect(409);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(await userOf(account.userId)).toMatchObject({ email: account.email });
    } finally {
      await app.query('DROP TABLE public.posts');
    }
  });
});
