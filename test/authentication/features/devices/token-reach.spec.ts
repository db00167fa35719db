import { authenticationDocument } from '../../../../src/authentication/http/openapi/document.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';

interface Operation {
  method: string;
  path: string;
  /** the descriptions of all answers in the document, which contain the codes of failures */
  codes: string;
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** The routes that accept a device token. The profile is in the document only with its feature. */
const OPEN = ['GET /me', 'GET /devices/{id}', 'GET /profile'];

describe('a device token at every authentication route', () => {
  let app: TestApplication;
  let device: string;
  let session: string;
  let own: number;
  let operations: Operation[];

  beforeAll(async () => {
    app = await startApplication();
    ({ token: session } = await app.person());
    const { body } = await app.as(session).post('/devices').send({ name: 'Sensor' }).expect(201);
    own = (body as { id: number }).id;
    const issued = await app
      .as(session)
      .post(`/devices/${own}/tokens`)
      .send({ current_password: PASSWORD })
      .expect(201);
    device = issued.body.token as string;
    const document = authenticationDocument(app.nest, { info: { title: 'under test', version: '1' } });
    operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, { responses: Record<string, { description: string }> }>).map(
        ([method, { responses }]) => ({
          method,
          path,
          codes: Object.values(responses)
            .map(({ description }) => description)
            .join(),
        }),
      ),
    );
  });
  afterAll(() => app.close());

  const named = ({ method, path }: Operation) => `${method.toUpperCase()} ${path}`;
  const send = ({ method, path }: Operation, token?: string) =>
    app.as(token)[method as Method](path.replace(/\{\w+\}/g, String(own)));

  it('is answered 403 session_required wherever a session is required', async () => {
    const wanting = operations.filter(
      (operation) => operation.codes.includes('`session_required`') && !OPEN.includes(named(operation)),
    );
    expect(wanting.map(named)).toEqual(
      expect.arrayContaining(['DELETE /me', 'GET /devices', 'DELETE /devices/{id}', 'PUT /password']),
    );
    for (const operation of wanting) {
      const { status, body } = await send(operation, device);
      expect({ route: named(operation), status, code: body.code as string }).toEqual({
        route: named(operation),
        status: 403,
        code: 'session_required',
      });
    }
  });

  it('is accepted by GET /me, its own device and the profile, and by no other route that requires a caller', async () => {
    const others = operations.filter(
      (operation) =>
        operation.codes.includes('`authentication_required`') &&
        !operation.codes.includes('`session_required`'),
    );
    const known = [...OPEN, 'GET /devices/pairings/current'];
    expect(others.map(named).filter((name) => !known.includes(name))).toEqual([]);
    for (const operation of operations.filter((candidate) => OPEN.includes(named(candidate)))) {
      await send(operation, device).expect(200);
    }
    await app.as(device).get('/devices/pairings/current').expect(400);
  });

  it('changes no answer of a route that requires no caller', async () => {
    const open = operations.filter(({ codes }) => !codes.includes('`authentication_required`'));
    expect(open.map(named)).toEqual(expect.arrayContaining(['POST /sign_in', 'POST /devices/pairings']));
    for (const operation of open) {
      const [borne, bare] = [await send(operation, device), await send(operation)];
      expect({ route: named(operation), status: borne.status }).toEqual({
        route: named(operation),
        status: bare.status,
      });
    }
  });

  it('has changed nothing by these requests', async () => {
    await app.as(session).get('/me').expect(200);
    const { body } = await app.as(session).get('/devices').expect(200);
    expect(body).toMatchObject([{ id: own, name: 'Sensor', groups: [] }]);
    await app.as(device).get(`/devices/${own}`).expect(200);
  });
});
