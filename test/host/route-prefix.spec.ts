import { HTTP_ADAPTERS } from '../../src/config/http-adapters.js';
import { PASSWORD, type TestApplication } from '../support/application.js';
import { startHost } from '../support/host.js';
import { RESET_MAIL } from '../support/texts.js';

const PREFIX = '/api/auth';

describe('ROUTE_PREFIX', () => {
  for (const adapter of HTTP_ADAPTERS) {
    describe(`on ${adapter}`, () => {
      let app: TestApplication;

      beforeAll(async () => {
        app = await startHost({ adapter, variables: { ROUTE_PREFIX: PREFIX } });
      });
      afterAll(() => app.close());

      it('is in front of every route; without it all are answered 404', async () => {
        const routes = [
          ['post', '/sign_up', 422],
          ['post', '/sign_in', 422],
          ['get', '/me', 401],
          ['get', '/sessions', 401],
          ['get', '/sessions/current', 401],
          ['put', '/password', 401],
          ['put', '/identity/email', 401],
          ['post', '/identity/email_verification', 422],
          ['post', '/identity/password_reset', 422],
          ['get', '/identity/password_reset', 400],
          ['post', '/identity/password_reset/completion', 400],
          ['get', '/dev/mailbox', 200],
          ['get', '/health/live', 200],
          ['get', '/health/ready', 200],
        ] as const;
        for (const [method, path, status] of routes) {
          expect({ path, status: (await app.anonymous[method](`${PREFIX}${path}`)).status }).toEqual({
            path,
            status,
          });
          expect({ path, status: (await app.anonymous[method](path)).status }).toEqual({ path, status: 404 });
        }
      });

      it('is in mailed links, and in the form of the page that confirms an address', async () => {
        const email = await signUp();
        const link = await app.mailbox.linkTo(email);
        expect(link.href.startsWith(`${app.url}${PREFIX}/identity/email_verification?`)).toBe(true);
        const { text: page } = await app.anonymous.get(`${link.pathname}${link.search}`).expect(200);
        const { action, fields } = formIn(page, link);
        expect(action).toBe(`${PREFIX}/identity/email_verification/confirmation`);
        await app.anonymous.post(action).type('form').send(fields).expect(200);
      });

      it('is in the form of the page that sets a new password, also after an error', async () => {
        const email = await signUp();
        await app.anonymous.post(`${PREFIX}/identity/password_reset`).send({ email }).expect(204);
        const link = await app.mailbox.linkTo(email, RESET_MAIL);
        expect(link.pathname).toBe(`${PREFIX}/identity/password_reset`);
        const { text: page } = await app.anonymous.get(`${link.pathname}${link.search}`).expect(200);
        const first = formIn(page, link);
        expect(first.action).toBe(`${PREFIX}/identity/password_reset/completion`);
        const { text: again } = await app.anonymous
          .post(first.action)
          .type('form')
          .send({ ...first.fields, password: 'short', password_confirmation: 'short' })
          .expect(422);
        const second = formIn(again, new URL(first.action, link));
        expect(second.action).toBe(first.action);
        const password = 'a horse, another battery';
        await app.anonymous
          .post(second.action)
          .type('form')
          .send({ ...second.fields, password, password_confirmation: password })
          .expect(200);
        await app.anonymous.post(`${PREFIX}/sign_in`).send({ email, password }).expect(201);
      });

      async function signUp(): Promise<string> {
        const email = app.newEmail();
        await app.anonymous
          .post(`${PREFIX}/sign_up`)
          .send({ email, password: PASSWORD, password_confirmation: PASSWORD })
          .expect(201);
        return email;
      }
    });
  }

  it('is not added to links to a separate front end', async () => {
    const app = await startHost({
      variables: { ROUTE_PREFIX: 'auth/', EMAIL_VERIFICATION_URL: 'https://app.example/welcome?from=mail' },
    });
    const email = app.newEmail();
    await app.anonymous
      .post('/auth/sign_up')
      .send({ email, password: PASSWORD, password_confirmation: PASSWORD })
      .expect(201);
    const link = await app.mailbox.linkTo(email);
    expect(`${link.origin}${link.pathname}`).toBe('https://app.example/welcome');
    expect([...link.searchParams.keys()]).toEqual(['from', 'email', 'token']);
    await app.close();
  });
});

/** The address and the hidden fields of the form on a page. */
function formIn(page: string, address: URL): { action: string; fields: Record<string, string> } {
  const [, action = ''] = /<form method="post" action="([^"]+)"/.exec(page) ?? [];
  const fields = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );
  return { action: new URL(action, address).pathname, fields: Object.fromEntries(fields) };
}
