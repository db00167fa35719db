import { startApplication, type SignedIn, type TestApplication } from '../../support/application.js';
import { letTimePass } from '../../support/clock.js';
import { Matrix } from '../../support/matrix.js';

describe('every route of the OpenAPI document', () => {
  let app: TestApplication;
  let matrix: Matrix;
  let expired: SignedIn;

  beforeAll(async () => {
    app = await startApplication();
    matrix = new Matrix(app);
    expired = await app.person();
    await letTimePass(app, '91 days');
  });
  afterAll(() => app.close());

  it('has a caller that the document names', () => {
    const callers = new Set(matrix.routes.map(({ caller }) => caller));
    expect([...callers]).toEqual(expect.arrayContaining(['nobody', 'anybody', 'session', 'credential']));
  });

  it('that needs a token refuses a request without one', async () => {
    expect(await matrix.ofRefused(() => app.anonymous, false)).toEqual([]);
  });

  it('that reads a token refuses one that was never issued (ASVS 7.2.4)', async () => {
    for (const token of ['made-up', 'A'.repeat(43), `dev_${'A'.repeat(43)}`]) {
      expect(await matrix.ofRefused(() => app.as(token))).toEqual([]);
    }
  });

  it('that reads a token refuses that of a session that has ended (ASVS 7.4.1)', async () => {
    const { token } = await app.person();
    await app.as(token).delete('/sessions/current').expect(204);
    expect(await matrix.ofRefused(() => app.as(token))).toEqual([]);
  });

  it('that reads a token refuses that of a session that has expired (ASVS 7.3.2)', async () => {
    expect(await matrix.ofRefused(() => app.as(expired.token))).toEqual([]);
  });

  it('that reads a token refuses that of a suspended user, and of a deleted one (ASVS 7.4.2)', async () => {
    const [suspended, deleted] = [await app.person(), await app.person()];
    await app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [suspended.userId]);
    await app.query('DELETE FROM authentication.users WHERE id = $1', [deleted.userId]);
    expect(await matrix.ofRefused(() => app.as(suspended.token))).toEqual([]);
    expect(await matrix.ofRefused(() => app.as(deleted.token))).toEqual([]);
  });

  it('that reads a token accepts that of a session', async () => {
    expect(await matrix.ofAccepted(async () => (await app.person()).token)).toEqual([]);
  });

  it('that issues something that lasts refuses a token in its grace, which all that read accept', async () => {
    for (const route of matrix.issuing) {
      const person = await app.person({ verified: true });
      const own = await matrix.objectsOf(person, route);
      const token = await app.tokenInGrace(person);
      const { status, body } = await matrix.sendWhole(app.as(token), route, own);
      expect({ route: route.name, status, code: (body as { code?: string }).code }).toEqual({
        route: route.name,
        status: 401,
        code: 'authentication_required',
      });
    }
    const reading = matrix.routes.filter(({ method }) => method === 'get');
    const inGrace = async (): Promise<string> => app.tokenInGrace(await app.person());
    expect(await matrix.ofAccepted(inGrace, reading)).toEqual([]);
  });

  it("answers another user's object as one that is not there, byte for byte (ASVS 8.2.2)", async () => {
    const { faults, unseen } = await matrix.ofStrangers();
    expect(faults).toEqual([]);
    expect(unseen).not.toContain('GET /sessions/{id}');
    expect(unseen).not.toContain('DELETE /sessions/{id}');
  });
});
