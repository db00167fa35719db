import {
  PASSWORD,
  startApplication,
  type SignedIn,
  type TestApplication,
} from '../../support/application.js';
import { letTimePass } from '../../support/clock.js';

const NEW = { password: 'four other words, quite new', password_confirmation: 'four other words, quite new' };
const VERIFICATION = '/identity/email_verification';
const REVERSAL = '/identity/email/reversal';
const RESET = '/identity/password_reset';

interface Person extends SignedIn {
  /** the token before the last renewal */
  readonly renewed: string;
  /** of another session of the same user */
  readonly other: string;
}

/** Ends the session of `token`. All tokens that it returns must be refused from then on. */
type Ending = (person: Person, app: TestApplication) => Promise<readonly string[]>;

const all = ({ token, renewed, other }: Person): string[] => [token, renewed, other];

const ENDINGS: Readonly<Record<string, Ending>> = {
  'a sign-out': async ({ token, renewed }, app) => {
    await app.as(token).delete('/sessions/current').expect(204);
    return [token, renewed];
  },
  'its end by another session': async ({ sessionId, token, renewed, other }, app) => {
    await app.as(other).delete(`/sessions/${sessionId}`).expect(204);
    return [token, renewed];
  },
  'the end of all other sessions': async ({ token, renewed, other }, app) => {
    await app.as(other).delete('/sessions/others').expect(204);
    return [token, renewed];
  },
  'the end of all sessions': async (person, app) => {
    await app.as(person.other).delete('/sessions').expect(204);
    return all(person);
  },
  'a change of the password by another session': async ({ token, renewed, other }, app) => {
    await app
      .as(other)
      .put('/password')
      .send({ current_password: PASSWORD, ...NEW })
      .expect(200);
    return [token, renewed];
  },
  'a password reset': async (person, app) => {
    await app.anonymous.post(RESET).send({ email: person.email }).expect(204);
    const token = await app.mailbox.tokenAt(person.email, RESET);
    await app.anonymous
      .put(RESET)
      .send({ token, ...NEW })
      .expect(200);
    return all(person);
  },
  '"It was not me" in the mail about the sign-up': async (person, app) => {
    const { email } = person;
    const token = await app.mailbox.tokenAt(email, VERIFICATION);
    await app.anonymous.post(`${VERIFICATION}/denial`).type('form').send({ email, token }).expect(200);
    return all(person);
  },
  'taking the address back after it was changed': async (person, app) => {
    await app.markVerified(person.email);
    const email = app.newEmail();
    const change = { current_password: PASSWORD, email };
    await app.as(person.token).put('/identity/email').send(change).expect(200);
    const confirmation = await app.mailbox.tokenAt(email, VERIFICATION);
    await app.anonymous.put(VERIFICATION).send({ email, token: confirmation }).expect(204);
    const token = await app.mailbox.tokenAt(person.email, REVERSAL);
    await app.anonymous.post(REVERSAL).type('form').send({ token }).expect(200);
    return all(person);
  },
  'a suspension': async (person, app) => {
    await app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [person.userId]);
    return all(person);
  },
  'the deletion of the account': async (person, app) => {
    await app.as(person.other).delete('/me').send({ current_password: PASSWORD }).expect(204);
    return all(person);
  },
  // Must be the last: it ends the sessions of everybody.
  'a long time': async (person, app) => {
    await letTimePass(app, '400 days');
    return all(person);
  },
};

describe('A session is refused from the next request on after', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ isDocumented: false });
  });
  afterAll(() => app.close());

  const newPerson = async (): Promise<Person> => {
    const person = await app.person();
    const { token: other } = await app.signIn(person.email);
    const { headers } = await app.as(person.token).post('/sessions/current/renewal').expect(201);
    return { ...person, token: String(headers['x-session-token']), renewed: person.token, other };
  };
  const answers = (tokens: readonly string[]): Promise<unknown[]> =>
    Promise.all(
      tokens.map(async (token) => {
        const { status, body } = await app.as(token).get('/me');
        return { status, code: (body as { code?: string }).code };
      }),
    );

  for (const [name, end] of Object.entries(ENDINGS)) {
    it(name, async () => {
      const [person, bystander] = [await newPerson(), await newPerson()];
      expect(await answers(all(person))).toMatchObject(Array(3).fill({ status: 200 }));
      const ended = await end(person, app);
      const refused = { status: 401, code: 'authentication_required' };
      expect(await answers(ended)).toEqual(ended.map(() => refused));
      if (name !== 'a long time') expect(await answers([bystander.token])).toMatchObject([{ status: 200 }]);
    });
  }
});
