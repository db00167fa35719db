import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { startApplication, type TestApplication } from '../../../support/application.js';

/** From this number on, Node drops the lines of a header without a word (`server.maxHeadersCount`). */
const DROPPED_FROM = 2000;

describe('The lines of a header', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const get = async (path: string, headers: readonly string[]) => {
    const all = ['Host', 'localhost', 'Accept', 'application/json', ...headers];
    const sent = request(`${app.url}${path}`, { headers: all, agent: false });
    sent.end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const parts = (await answer.toArray()) as Buffer[];
    return { status: answer.statusCode, body: JSON.parse(Buffer.concat(parts).toString()) as object };
  };
  const fillers = (lines: number) => Array.from({ length: lines }, () => ['b', '']).flat();

  it('may be some hundreds', async () => {
    expect(await get('/dev/mailbox', fillers(900))).toMatchObject({ status: 200 });
  });

  it('are refused where Node would drop those of a proxy, or a second token', async () => {
    const { token } = await app.person();
    const refused = { status: 400, body: { status: 400, code: 'wrong_parameters' } };
    const many = fillers(DROPPED_FROM);
    const first = ['Authorization', `Bearer ${token}`];
    expect(await get('/dev/mailbox', [...many, 'X-Forwarded-For', '1.1.1.1'])).toMatchObject(refused);
    expect(await get('/me', [...first, ...many, 'Authorization', 'Bearer other'])).toMatchObject(refused);
    expect(await get('/me', [...first, ...many])).toMatchObject(refused);
    expect(await get('/me', [...first, ...fillers(1000)])).toMatchObject(refused);
  });
});
