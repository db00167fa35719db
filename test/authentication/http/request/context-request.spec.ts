import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { requestOf } from '../../../../src/authentication/http/request/context-request.js';
import { Public } from '../../../../src/authentication/http/routes/public.js';
import {
  AuthenticationGuard,
  OptionalAuthenticationGuard,
} from '../../../../src/authentication/sessions/authentication.guard.js';
import { EverywhereGuard } from '../../../../src/authentication/sessions/everywhere.guard.js';
import { startApplication, type TestApplication } from '../../../support/application.js';

class Handlers {
  protected(): void {
    // The guard is called, not the handler.
  }

  @Public()
  open(): void {
    // As above.
  }
}

/** A context as Nest makes it for another transport than HTTP, without the packages of that transport. */
function contextOf(type: string, args: unknown[], handler: keyof Handlers = 'protected'): ExecutionContext {
  return {
    getType: () => type,
    getArgs: () => args,
    getArgByIndex: (index: number) => args[index],
    switchToHttp: () => ({ getRequest: () => args[0], getResponse: () => args[1] }),
    getClass: () => Handlers,
    getHandler: () => Handlers.prototype[handler],
  } as unknown as ExecutionContext;
}

const request = (token?: string) => ({ headers: token === undefined ? {} : { 'x-session-token': token } });
const resolver = (context: unknown) => contextOf('graphql', [{}, {}, context, { fieldName: 'notes' }]);

describe('The guards outside of routes', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ protectAll: true });
  });
  afterAll(() => app.close());

  it('refuse a context of a kind that they do not know, also with a valid token', async () => {
    const { token } = await app.person();
    const guards: CanActivate[] = [
      app.get(AuthenticationGuard),
      app.get(OptionalAuthenticationGuard),
      app.get(EverywhereGuard),
    ];
    for (const type of ['rpc', 'telegram', '']) {
      const context = contextOf(type, [request(token)]);
      const message = `refuses all others, here "${type}"`;
      for (const guard of guards)
        await expect(Promise.resolve().then(() => guard.canActivate(context))).rejects.toThrow(message);
    }
  });

  it('refuse a message of a library that names no context, which Nest then calls http', async () => {
    const forged = { ...request(), currentSession: { user: { id: 4711 } } };
    const context = contextOf('http', [forged]);
    for (const guard of [app.get(AuthenticationGuard), app.get(OptionalAuthenticationGuard)])
      await expect(Promise.resolve().then(() => guard.canActivate(context))).rejects.toThrow(
        'refuses all others, here "http, without a response"',
      );
  });

  it('accept a public handler in every context, with protectAll', async () => {
    for (const type of ['rpc', 'ws', 'graphql'])
      expect(await app.get(EverywhereGuard).canActivate(contextOf(type, [], 'open'))).toBe(true);
  });

  it('accept a resolver with a request in its context, wherever GraphQL servers put it', async () => {
    const { token } = await app.person();
    const guard = app.get(AuthenticationGuard);
    const upgrade = { extra: { request: request() }, connectionParams: { Authorization: `Bearer ${token}` } };
    for (const context of [
      { req: request(token) },
      { req: request(), reply: { request: request(token) } },
      { request: request(token) },
      { req: upgrade },
      upgrade,
      { request: request(), _connectionInit: { headers: { 'X-Session-Token': token } } },
    ])
      expect(await guard.canActivate(resolver(context))).toBe(true);
    const reference = [{}, { req: request(token) }, { fieldName: 'note' }];
    expect(await guard.canActivate(contextOf('graphql', reference))).toBe(true);
  });

  it('refuse a resolver without a token', async () => {
    const pollution = JSON.parse('{"__proto__": {"x-session-token": "token"}}') as object;
    for (const context of [
      { req: request() },
      { req: { headers: pollution } },
      { req: { extra: { request: request() }, connectionParams: null } },
      { req: { extra: { request: request() }, connectionParams: ['x-session-token'] } },
      { req: { extra: { request: request() }, connectionParams: { headers: null } } },
    ])
      await expect(app.get(AuthenticationGuard).canActivate(resolver(context))).rejects.toMatchObject({
        code: 'authentication_required',
        extensions: { code: 'UNAUTHENTICATED' },
      });
  });
});

describe('The request of a context', () => {
  it('is missing: the error says what to do', () => {
    for (const context of [undefined, null, 'text', {}, { req: {} }, { req: null }, { extra: null }])
      expect(() => requestOf(resolver(context))).toThrow('context: ({ req }) => ({ req })');
    for (const client of [undefined, null, 'text', {}, { handshake: {} }, { handshake: null }])
      expect(() => requestOf(contextOf('ws', [client]))).toThrow('rememberUpgrade(client, request)');
  });

  it('is made anew for each operation and message of a connection, so that a realm is not kept', () => {
    const upgrade = { headers: { 'sec-websocket-key': 'key', 'x-api-key': 'key' } };
    const contexts = [
      resolver({ req: { extra: { request: upgrade } } }),
      resolver({ request: upgrade, reply: { request: upgrade } }),
      contextOf('ws', [{ handshake: upgrade }]),
    ];
    for (const context of contexts) {
      expect(requestOf(context)).not.toBe(requestOf(context));
      expect(requestOf(context)).toMatchObject(upgrade);
    }
    const route = resolver({ req: request() });
    expect(requestOf(route)).toBe(requestOf(route));
  });

  it('is made without going through all that a client sent when it connected', () => {
    const ownKeys = (): never => {
      throw new Error('millions of keys');
    };
    const connectionParams = new Proxy({ 'X-Session-Token': 'token' }, { ownKeys });
    const { headers } = requestOf(resolver({ req: { extra: { request: request() }, connectionParams } }));
    expect(headers).toEqual({ 'x-session-token': 'token' });
  });

  it('is refused if it belongs to another operation', () => {
    const shared = { reply: { request: request() } };
    requestOf(resolver(shared));
    requestOf(resolver(shared));
    shared.reply = { request: request() };
    expect(() => requestOf(resolver(shared))).toThrow('Several requests share one GraphQL context');
    const answered = { req: { ...request(), res: { writableEnded: true } } };
    expect(() => requestOf(resolver(answered))).toThrow('Several requests share one GraphQL context');
  });
});
