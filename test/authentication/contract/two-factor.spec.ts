import type { OpenAPIObject } from '@nestjs/swagger';
import { authenticationDocument } from '../../../src/authentication/http/openapi/document.js';
import { PASSWORD, startApplication, type TestApplication } from '../../support/application.js';
import { enrolled, type Enrolled } from '../features/two-factor/authenticator.js';

interface SignIn {
  method: string;
  path: string;
  isForCallers: boolean;
}

/** Every route whose answer has a session's token, from the OpenAPI document. */
function signInsOf({ paths }: OpenAPIObject): SignIn[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations as Record<string, { responses: object; security?: object[] }>)
      .filter(([, { responses }]) => JSON.stringify(responses).includes('X-Session-Token'))
      .map(([method, { security = [] }]) => ({ method, path, isForCallers: security.length > 0 })),
  );
}

/** How a user who has everything but the second factor signs in by each route. Add a line for each new sign-in. */
const WAYS: Record<
  string,
  (app: TestApplication, person: Enrolled) => Promise<{ status: number; body: unknown }>
> = {
  'post /sign_in': (app, { email }) => app.anonymous.post('/sign_in').send({ email, password: PASSWORD }),
  'put /sessions/passwordless': async (app, { email }) => {
    await app.anonymous.post('/sessions/passwordless').send({ email }).expect(204);
    const [mail] = await app.mailbox.to(email);
    const [, token] = /[?&]token=([\w-]+)/.exec(mail?.text ?? '') ?? [];
    return app.anonymous.put('/sessions/passwordless').send({ token });
  },
};

/** The routes of the second step, which require the code. */
const SECOND_STEPS = [
  'post /two_factor_authentication/challenge/totp',
  'post /two_factor_authentication/challenge/recovery_codes',
];

describe('Routes that answer with a session token', () => {
  let app: TestApplication;
  let signIns: SignIn[];

  beforeAll(async () => {
    app = await startApplication();
    signIns = signInsOf(authenticationDocument(app.nest, { info: { title: 'sign-ins', version: '1' } }));
  });
  afterAll(() => app.close());

  it('ask for the second factor, and start no session before the code', async () => {
    const ways = signIns
      .filter(({ isForCallers }) => !isForCallers)
      .map(({ method, path }) => `${method} ${path}`)
      .filter((way) => !SECOND_STEPS.includes(way));
    expect(ways).toContain('post /sign_in');
    expect(ways.filter((way) => WAYS[way] === undefined)).toEqual([]);
    for (const way of ways) {
      const person = await enrolled(app);
      await app.query('DELETE FROM authentication.sessions WHERE user_id = $1', [person.userId]);
      const { status, body } = await WAYS[way]!(app, person);
      expect([way, status, (body as { code: string }).code]).toEqual([way, 401, 'second_factor_required']);
      const sessions = 'SELECT 1 FROM authentication.sessions WHERE user_id = $1';
      expect(await app.query(sessions, [person.userId])).toEqual([]);
      const { token } = (body as { challenge: { token: string } }).challenge;
      await app.anonymous
        .post('/two_factor_authentication/challenge/totp')
        .send({ challenge_token: token, code: person.authenticator.code() })
        .expect(201);
      expect(await app.query(sessions, [person.userId])).toHaveLength(1);
    }
  });

  it('accept no challenge without a valid code', async () => {
    const { email, userId, authenticator } = await enrolled(app);
    const { body } = await app.anonymous.post('/sign_in').send({ email, password: PASSWORD }).expect(401);
    for (const step of SECOND_STEPS) {
      const path = step.split(' ')[1]!;
      const challenge_token = (body as { challenge: { token: string } }).challenge.token;
      await app.anonymous.post(path).send({ challenge_token }).expect(422);
      await app.anonymous.post(path).send({ challenge_token, code: authenticator.wrongCode() }).expect(401);
    }
    expect(
      await app.query('SELECT 1 FROM authentication.sessions WHERE user_id = $1', [userId]),
    ).toHaveLength(1);
  });

  it('require a session if they do not ask for the second factor', async () => {
    const others = signIns.filter(({ isForCallers }) => isForCallers);
    expect(others.length).toBeGreaterThan(0);
    for (const { method, path } of others) {
      const { status } = await app.anonymous[method as 'post'](path);
      expect([method, path, status]).toEqual([method, path, 401]);
    }
  });
});
