import { PASSWORD, startApplication, type TestApplication } from '../../support/application.js';
import { LinkTrial, type MailedLink } from '../../support/mailed-link.js';

const FORM = { password: PASSWORD, password_confirmation: PASSWORD };
const VERIFICATION = '/identity/email_verification';
const RESET = '/identity/password_reset';

const LINKS: Readonly<Record<string, MailedLink>> = {
  'a password reset': {
    path: RESET,
    verified: true,
    ask: (client, email) => client.post(RESET).send({ email }),
    use: (client, _email, token) => client.put(RESET).send({ token, ...FORM }),
    outlivesPassword: false,
  },
  'a verification of an address': {
    path: VERIFICATION,
    verified: false,
    ask: (client, email) => client.post(VERIFICATION).send({ email }),
    use: (client, email, token) => client.put(VERIFICATION).send({ email, token }),
    outlivesPassword: true,
  },
};

describe('A mailed link works once and for a limited time, and opening it does not use it:', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ isDocumented: false });
  });
  afterAll(() => app.close());

  for (const [name, link] of Object.entries(LINKS)) {
    it(name, async () => {
      expect(await new LinkTrial(app, link).faultsFound()).toEqual([]);
    });
  }

  it('neither link works for the purpose of the other', async () => {
    const { email } = await app.signUp();
    const kinds = Object.values(LINKS);
    for (const { ask } of kinds) await ask(app.anonymous, email).expect(204);
    const tokens = await Promise.all(kinds.map(({ path }) => app.mailbox.tokenAt(email, path)));
    for (const [index, { use }] of kinds.entries()) {
      await use(app.anonymous, email, tokens[1 - index] ?? '').expect(400);
    }
  });
});
