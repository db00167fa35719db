import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { FEATURES } from '../../../src/authentication/authentication.module.js';
import { ThrottleBudgets } from '../../../src/authentication/http/throttling/throttle-budgets.js';
import { ProblemFilter } from '../../../src/authentication/http/problems/problem.filter.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { letTimePass } from '../../support/clock.js';
import { KeysFeature } from '../../support/features/keys.feature.js';
import { Log } from '../../support/log.js';
import { Statements } from '../../support/statements.js';
import { DRIVERS, type Driver } from './notes.resolver.js';

interface Answer {
  data?: Record<string, unknown> | null;
  errors?: {
    message: string;
    extensions?: { code?: string; originalError?: { code: string } };
  }[];
}

const REFUSED = 'UNAUTHENTICATED authentication_required';

async function start(
  { adapter, module }: Driver,
  options: object = {},
  more: object = {},
): Promise<TestApplication> {
  const before = process.env['HTTP_ADAPTER'];
  process.env['HTTP_ADAPTER'] = adapter;
  try {
    return await startApplication({
      features: [...FEATURES, KeysFeature],
      imports: [module(options)],
      ...more,
    });
  } finally {
    if (before === undefined) delete process.env['HTTP_ADAPTER'];
    else process.env['HTTP_ADAPTER'] = before;
  }
}

/** Several queries are sent as one request. */
async function ask<Body = Answer>(
  client: TestApplication['anonymous'],
  query: string | readonly string[],
  headers: Record<string, string> = {},
): Promise<Body> {
  const body = typeof query === 'string' ? { query } : query.map((each) => ({ query: each }));
  const { body: answer } = await client.post('/graphql').set(headers).send(body);
  return answer as Body;
}

/** The code of the first error, with the code of our problem; or the data. */
function outcomeOf({ data, errors = [] }: Answer): unknown {
  const [error] = errors;
  if (error === undefined) return data;
  const { code, originalError } = error.extensions ?? {};
  return `${code ?? 'error'} ${originalError?.code ?? error.message}`;
}

const query = async (...parameters: Parameters<typeof ask>): Promise<unknown> =>
  outcomeOf(await ask(...parameters));

interface Sent {
  params?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** A connection of graphql-ws, which stays open until it is disposed of. */
function connect(app: TestApplication, { params, headers = {} }: Sent): Client {
  class Socket extends WebSocket {
    constructor(url: string, protocols: string) {
      super(url, protocols, { headers });
    }
  }
  return createClient({
    url: `${app.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: Socket,
    retryAttempts: 0,
    lazy: true,
    lazyCloseTimeout: 5000,
    ...(params === undefined ? {} : { connectionParams: params }),
  });
}

/** @returns the outcomes of a subscription, in order */
async function subscribed(client: Client, text: string): Promise<unknown[]> {
  const outcomes: unknown[] = [];
  try {
    for await (const answer of client.iterate({ query: text })) outcomes.push(outcomeOf(answer as Answer));
  } catch (failure) {
    outcomes.push(Array.isArray(failure) ? outcomeOf({ errors: failure as never }) : String(failure));
  }
  return outcomes;
}

/** The same, through a connection of its own. */
async function overSocket(app: TestApplication, text: string, sent: Sent): Promise<unknown[]> {
  const client = connect(app, sent);
  const outcomes = await subscribed(client, text);
  await client.dispose();
  return outcomes;
}

for (const driver of DRIVERS) {
  describe(`GraphQL with ${driver.name}`, () => {
    let app: TestApplication;

    beforeAll(async () => {
      app = await start(driver);
    });
    afterAll(() => app.close());

    it('passes the caller to a guarded resolver', async () => {
      const { token, userId, sessionId } = await app.person();
      expect(await query(app.as(token), '{ me session }')).toEqual({ me: userId, session: sessionId });
      const bearer = { Authorization: `Bearer ${token}` };
      expect(await query(app.anonymous, '{ me }', bearer)).toEqual({ me: userId });
    });

    it('answers UNAUTHENTICATED without a valid token, with the code of the problem', async () => {
      const { token } = await app.person();
      expect(await query(app.anonymous, '{ me }')).toBe(REFUSED);
      expect(await query(app.as('no live token'), '{ me }')).toBe(REFUSED);
      await app.as(token).delete('/sessions/current').expect(204);
      expect(await query(app.as(token), '{ me }')).toBe(REFUSED);
    });

    it('logs a refused token without the token, as for a route', async () => {
      const log = Log.of(app);
      await query(app.as('no-live-token'), '{ me session }');
      expect(log.entries('token_refused')).toHaveLength(1);
      expect(log.lines.join()).not.toContain('no-live-token');
    });

    it('refuses two different tokens', async () => {
      const { token } = await app.person();
      const refused = await query(app.as(token), '{ me }', { Authorization: 'Bearer another' });
      expect(refused).toBe('BAD_REQUEST wrong_parameters');
    });

    it('knows @SessionOnly() and @RequireSudo()', async () => {
      const { token, userId } = await app.person();
      const key = app.as(`key_${userId}`);
      expect(await query(key, '{ me }')).toEqual({ me: userId });
      expect(await query(key, '{ session }')).toBe('FORBIDDEN session_required');
      expect(await query(key, '{ me session }')).toBe('FORBIDDEN session_required');
      expect(await query(app.as(token), '{ secret }')).toEqual({ secret: userId });
      expect(await query(key, '{ secret }')).toBe('FORBIDDEN sudo_required');
      await letTimePass(app, '31 minutes');
      expect(await query(app.as(token), '{ secret }')).toBe('FORBIDDEN sudo_required');
    });

    it('knows no caller without the guard, even beside a guarded resolver', async () => {
      const { token } = await app.person();
      expect(await query(app.as(token), '{ stray }')).toBe(REFUSED);
      expect(await query(app.as(token), '{ me stray }')).toBe(REFUSED);
    });

    it('refuses a session of another realm', async () => {
      const owner = await app.person({ verified: true });
      const { body } = await app.as(owner.token).post('/applications').send({ name: 'Shop' }).expect(201);
      const apiKey = { 'X-Api-Key': (body as { api_key: string }).api_key };
      expect(await query(app.as(owner.token), '{ me }')).toEqual({ me: owner.userId });
      expect(await query(app.as(owner.token), '{ me }', apiKey)).toBe(REFUSED);
      const unknown = await query(app.as(owner.token), '{ me }', { 'X-Api-Key': 'unknown' });
      expect(unknown).toBe('UNAUTHENTICATED invalid_api_key');
    });

    it('guards each operation of a batch', async () => {
      const { token, userId } = await app.person();
      const batch = ['{ me }', '{ openNotes { id } }', '{ session }'];
      const signedIn = await ask<Answer[]>(app.as(token), batch);
      expect(signedIn.map(outcomeOf)[0]).toEqual({ me: userId });
      const refused = (await ask<Answer[]>(app.anonymous, batch)).map(outcomeOf);
      expect([refused[0], refused[2]]).toEqual([REFUSED, REFUSED]);
    });

    it('looks the session up once for all resolvers of an operation', async () => {
      const { token } = await app.person();
      const statements = await new Statements(app).of(() =>
        query(app.as(token), '{ me session notes { id } again: me }'),
      );
      expect(
        statements.filter((text) => text.includes('current_session') || text.includes('sessions s')),
      ).toHaveLength(1);
    });

    it('refuses a subscription of an open connection after its session ended', async () => {
      const { token, userId } = await app.person();
      const client = connect(app, { params: { 'x-session-token': token } });
      expect(await subscribed(client, 'subscription { ticks }')).toEqual([{ ticks: userId }]);
      await app.as(token).delete('/sessions/current').expect(204);
      expect(await subscribed(client, 'subscription { ticks }')).toEqual([REFUSED]);
      await client.dispose();
    });

    it('counts calls of a @Throttled() resolver by client', async () => {
      app.get(ThrottleBudgets).define('notes', { limit: 0.001, seconds: 60 });
      expect(await query(app.anonymous, '{ counted }')).toEqual({ counted: 1 });
      expect(await query(app.anonymous, '{ counted }')).toBe('TOO_MANY_REQUESTS too_many_requests');
    });

    it('guards a subscription, with the token of a header or of connectionParams', async () => {
      const { token, userId } = await app.person();
      const ticks = 'subscription { ticks }';
      const names = ['Authorization', 'authorization', 'X-Session-Token', 'x-session-token'];
      for (const name of driver.name === 'Mercurius' ? names.slice(1) : names) {
        const value = name.toLowerCase() === 'authorization' ? `Bearer ${token}` : token;
        expect(await overSocket(app, ticks, { params: { [name]: value } })).toEqual([{ ticks: userId }]);
        expect(await overSocket(app, ticks, { headers: { [name]: value } })).toEqual([{ ticks: userId }]);
      }
      expect(await overSocket(app, ticks, {})).toEqual([REFUSED]);
      for (const value of ['unknown', 7, null, ['unknown'], { toString: 1, valueOf: 1 }]) {
        expect(await overSocket(app, ticks, { params: { 'x-session-token': value } })).toEqual([REFUSED]);
      }
      const both = { params: { authorization: 'Bearer another' }, headers: { 'x-session-token': token } };
      expect(await overSocket(app, ticks, both)).toEqual(['BAD_REQUEST wrong_parameters']);
      await app.as(token).delete('/sessions/current').expect(204);
      expect(await overSocket(app, ticks, { params: { 'x-session-token': token } })).toEqual([REFUSED]);
    });
  });

  describe(`GraphQL with ${driver.name}, with guards on fields`, () => {
    it('guards them with one lookup, and knows the caller of each', async () => {
      const app = await start(driver, { fieldResolverEnhancers: ['guards'] });
      const { token, userId } = await app.person();
      const asked = '{ openNotes { owner } }';
      const statements = await new Statements(app).of(async () => {
        const owners = [userId, userId, userId].map((owner) => ({ owner }));
        expect(await query(app.as(token), asked)).toEqual({ openNotes: owners });
      });
      expect(statements.filter((text) => text.includes('sessions s'))).toHaveLength(1);
      expect(await query(app.anonymous, asked)).toBe(REFUSED);
      await app.close();
    });
  });

  describe(`GraphQL with ${driver.name} and protectAll`, () => {
    let app: TestApplication;

    beforeAll(async () => {
      app = await start(driver, {}, { protectAll: true });
    });
    afterAll(() => app.close());

    it('needs a session on all resolvers without @Public()', async () => {
      const { token, userId } = await app.person();
      expect(await query(app.anonymous, '{ openNotes { id } }')).toBe(REFUSED);
      expect(await query(app.anonymous, '{ stray }')).toBe(REFUSED);
      expect(await query(app.as(token), '{ stray }')).toEqual({ stray: userId });
      expect(await overSocket(app, 'subscription { ticks }', {})).toEqual([REFUSED]);
    });

    it('needs none on a public resolver, or one of a public class', async () => {
      expect(await query(app.anonymous, '{ published news }')).toEqual({ published: 7, news: 8 });
    });
  });

  describe(`GraphQL with ${driver.name} and ProblemFilter for all`, () => {
    it('answers failures as problems', async () => {
      const app = await start(driver);
      app.nest.useGlobalFilters(app.get(ProblemFilter));
      const { token, userId } = await app.person();
      expect(await query(app.anonymous, '{ me }')).toBe(REFUSED);
      expect(await query(app.as(token), '{ me }')).toEqual({ me: userId });
      await app.close();
    });
  });

  describe(`GraphQL with ${driver.name} and a context of the application`, () => {
    const contexts: Record<string, unknown> = {
      'that returns the request': ({ req, raw }: { req?: object; raw?: object }) => ({ req: req ?? raw }),
      'that returns something else': () => ({ locale: 'en' }),
      'that returns nothing': () => undefined,
    };
    for (const [what, context] of Object.entries(contexts)) {
      it(`${what}: the caller is known`, async () => {
        const app = await start(driver, { context });
        const { token, userId } = await app.person();
        expect(await query(app.as(token), '{ me }')).toEqual({ me: userId });
        expect(await query(app.anonymous, '{ me }')).toBe(REFUSED);
        await app.close();
      });
    }

    it('that is one object for all requests: nobody is taken for another', async () => {
      const app = await start(driver, { context: { locale: 'en' } });
      const { token, userId } = await app.person();
      expect(await query(app.as(token), '{ me }')).toEqual({ me: userId });
      for (const client of [app.anonymous, app.as((await app.person()).token)]) {
        expect(await query(client, '{ me }')).not.toEqual({ me: userId });
      }
      await app.close();
    });

    it('that hides the request: refused with what to do', async () => {
      const app = await start(driver, { context: () => ({ req: { url: '/' } }) });
      const { token } = await app.person();
      const { errors = [], data } = await ask(app.as(token), '{ me }');
      if (driver.name === 'Mercurius') expect(data).toMatchObject({ me: expect.any(Number) });
      else expect(errors[0]?.message).toMatch(/context: \(\{ req \}\) => \(\{ req \}\)/);
      await app.close();
    });
  });
}
