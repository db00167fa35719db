import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { startApplication, type SignedIn, type TestApplication } from '../../../support/application.js';

describe('the token of a request', () => {
  let app: TestApplication;
  let person: SignedIn;

  beforeAll(async () => {
    app = await startApplication();
    person = await app.person();
  });
  afterAll(() => app.close());

  const me = (headers: Record<string, string>) => app.anonymous.get('/me').set(headers);

  /** One line for each value, which supertest would join. @returns the status */
  const meWithLines = async (headers: Record<string, string[]>, path = '/me'): Promise<number> => {
    const request = get(`${app.url}${path}`, { headers });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode ?? 0;
  };

  it('is read from either header, or from both when they are the same', async () => {
    const { token } = person;
    for (const headers of Array.of<Record<string, string>>(
      { Authorization: `Bearer ${token}` },
      { Authorization: `bearer  ${token}` },
      { 'X-Session-Token': token },
      { Authorization: `Bearer ${token}`, 'X-Session-Token': token },
      { Authorization: 'Basic YTpi', 'X-Session-Token': token },
      { 'X-Session-Token': `${token}, ${token}` },
    )) {
      const { body } = await me(headers).expect(200);
      expect(body).toMatchObject({ id: person.userId });
    }
  });

  it('is refused when there are two different ones, even if both are valid', async () => {
    const { token: other } = await app.signIn(person.email);
    for (const headers of Array.of<Record<string, string>>(
      { Authorization: `Bearer ${person.token}`, 'X-Session-Token': other },
      { Authorization: `Bearer ${person.token}`, 'X-Session-Token': 'made-up' },
      { 'X-Session-Token': `${person.token}, ${other}` },
      { Authorization: `Bearer ${person.token}, Bearer ${other}` },
      { Authorization: `Bearer ${person.token},${other}` },
    )) {
      const { body } = await me(headers).expect(400);
      expect(body).toMatchObject({ status: 400, code: 'wrong_parameters' });
    }
  });

  it('is refused when two lines of a header have different ones, of which Node keeps the first (nodejs/node#45699)', async () => {
    const { token: other } = await app.signIn(person.email);
    for (const lines of [
      [`Bearer ${person.token}`, `Bearer ${other}`],
      [`Bearer ${person.token}`, 'Bearer made-up'],
      ['Bearer made-up', `Bearer ${person.token}`],
    ]) {
      expect(await meWithLines({ Authorization: lines })).toBe(400);
      // Where no token is needed, too.
      expect(await meWithLines({ Authorization: lines }, '/identity/password_reset?token=x')).toBe(400);
    }
    expect(await meWithLines({ 'X-Session-Token': [person.token, other] })).toBe(400);
    expect(await meWithLines({ Authorization: [`Bearer ${person.token}`, `bearer ${person.token}`] })).toBe(
      200,
    );
    expect(await meWithLines({ Authorization: ['Basic YTpi', `Bearer ${person.token}`] })).toBe(200);
  });

  it('is not read from anything else in a request (ASVS 14.2.1)', async () => {
    const { token, sessionId, userId } = person;
    for (const headers of Array.of<Record<string, string>>(
      { Authorization: token },
      { Authorization: `Basic ${token}` },
      { Authorization: 'Bearer' },
      { 'X-Session-Token': '' },
      { Cookie: `session_token=${token}` },
      { 'X-Session-Token': String(sessionId) },
      { 'X-Session-Token': String(userId) },
      { 'X-Session-Token': token.slice(0, -1) },
      { 'X-Session-Token': token.toLowerCase() },
      { 'X-Session-Token': `${token}=` },
    )) {
      const { body, headers: answered } = await me(headers).expect(401);
      expect(body).toMatchObject({ code: 'authentication_required' });
      expect(answered['www-authenticate']).toBe('Bearer');
    }
    await app.anonymous.get(`/me?token=${token}&session_token=${token}`).expect(401);
  });

  it('is not the digest in the database (ASVS 7.2.3)', async () => {
    const [row] = await app.query<{ digest: Buffer }>(
      'SELECT token_digest AS digest FROM authentication.sessions WHERE id = $1',
      [person.sessionId],
    );
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      await app.as(row!.digest.toString(encoding)).get('/me').expect(401);
    }
  });
});
