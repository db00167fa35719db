import { PASSWORD, startApplication, type TestApplication } from '../../support/application.js';
import { endSession, overtaken } from '../../support/overtaken.js';

const NEW = { password: 'four other words, quite new', password_confirmation: 'four other words, quite new' };
const CURRENT = { current_password: PASSWORD };

const REQUESTS = [
  ['delete', '/sessions', undefined],
  ['delete', '/sessions/others', undefined],
  ['delete', '/sessions/current', undefined],
  ['put', '/password', { ...CURRENT, ...NEW }],
  ['put', '/identity/email', { ...CURRENT, email: 'elsewhere@example.com' }],
  ['delete', '/identity/email', undefined],
  ['delete', '/me', CURRENT],
] as const;

describe('A request that waited while its session ended', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  for (const [method, path, body] of REQUESTS) {
    it(`changes nothing: ${method} ${path}`, async () => {
      const person = await app.person();
      const other = await app.signIn(person.email);
      const rowOf = () => app.query('SELECT * FROM authentication.users WHERE id = $1', [person.userId]);
      const before = await rowOf();
      const [answer] = await overtaken(
        app,
        person.userId,
        [() => app.as(person.token)[method](path).send(body)],
        endSession(person.sessionId),
      );
      expect(answer?.status).toBe(401);
      expect(answer?.body).toMatchObject({ code: 'authentication_required' });
      expect(await rowOf()).toEqual(before);
      await app.as(other.token).get('/me').expect(200);
    });
  }
});
