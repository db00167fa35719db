import { request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  Injectable,
  Module,
  UseFilters,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { GraphQLModule, Int, Query, Resolver } from '@nestjs/graphql';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
} from '@nestjs/websockets';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { User } from '../../../src/authentication/core/users/user.entity.js';
import { ProblemFilter } from '../../../src/authentication/http/problems/problem.filter.js';
import { rememberUpgrade } from '../../../src/authentication/http/request/socket-request.js';
import {
  AuthenticationGuard,
  CurrentUser,
  MaybeCurrentSession,
  OptionalAuthenticationGuard,
} from '../../../src/authentication/sessions/authentication.guard.js';
import type { Caller } from '../../../src/authentication/sessions/caller.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { DRIVERS } from './notes.resolver.js';

/** A place where a call waits until it is let go on. */
class Gate {
  private letIn: () => void = () => undefined;
  private letOut: () => void = () => undefined;
  readonly entered = new Promise<void>((resolve) => (this.letIn = resolve));
  private readonly opened = new Promise<void>((resolve) => (this.letOut = resolve));

  pass(): Promise<void> {
    this.letIn();
    return this.opened;
  }

  open(): void {
    this.letOut();
  }
}

let gate = new Gate();

/** A check of the application that takes time for one of two messages, such as of roles in its database. */
@Injectable()
class SlowCheck implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.switchToWs().getData() === 'slow') await gate.pass();
    return true;
  }
}

/** An application's own optional guard. */
@Injectable()
class Lenient implements CanActivate {
  constructor(private readonly guard: AuthenticationGuard) {}

  canActivate(context: ExecutionContext): Promise<boolean> {
    return this.guard.canActivate(context).catch(() => true);
  }
}

const reply = (data: unknown): object => ({ event: 'reply', data });

/** Its clients sign in by a message, as often as they like. */
@WebSocketGateway({ path: '/' })
@UseFilters(ProblemFilter)
class SignInGateway implements OnGatewayConnection {
  private readonly requests = new WeakMap<object, IncomingMessage>();

  handleConnection(client: WebSocket, request: IncomingMessage): void {
    this.requests.set(client, request);
    rememberUpgrade(client, request);
  }

  @SubscribeMessage('sign_in')
  signIn(@ConnectedSocket() client: WebSocket, @MessageBody() token: string): object {
    rememberUpgrade(client, this.requests.get(client)!, token);
    return reply('done');
  }

  @SubscribeMessage('checked')
  @UseGuards(AuthenticationGuard, SlowCheck)
  checked(@CurrentUser() user: User): object {
    return reply(user.id);
  }

  @SubscribeMessage('maybe')
  @UseGuards(Lenient)
  maybe(@MaybeCurrentSession() caller: Caller | null): object {
    return reply(caller?.user.id ?? 'nobody');
  }
}

@Module({ providers: [SignInGateway] })
class SignInModule {}

const REFUSED = 'authentication_required';

async function answerTo(socket: WebSocket, event: string, data?: unknown): Promise<unknown> {
  const answer = new Promise<unknown>((resolve) =>
    socket.once('message', (text: Buffer) => {
      const { data: sent } = JSON.parse(text.toString()) as { data: { code?: string } };
      resolve(sent.code ?? sent);
    }),
  );
  socket.send(JSON.stringify({ event, data }));
  return answer;
}

describe('A WebSocket whose client signs in by messages', () => {
  let app: TestApplication;
  let socket: WebSocket;

  beforeAll(async () => {
    app = await startApplication({
      imports: [SignInModule],
      prepare: (nest) => {
        nest.useWebSocketAdapter(new WsAdapter(nest));
      },
    });
  });
  beforeEach(async () => {
    socket = new WebSocket(`${app.url.replace('http', 'ws')}/`);
    await new Promise((resolve) => socket.once('open', resolve));
  });
  afterEach(() => {
    socket.close();
  });
  afterAll(() => app.close());

  it('runs no message as a user whom the guards before it did not see', async () => {
    const [first, second] = [await app.person(), await app.person()];
    gate = new Gate();
    await answerTo(socket, 'sign_in', first.token);
    socket.send(JSON.stringify({ event: 'checked', data: 'slow' }));
    await gate.entered;
    await answerTo(socket, 'sign_in', second.token);
    expect(await answerTo(socket, 'checked')).toBe(REFUSED);
    const last = new Promise((resolve) =>
      socket.once('message', (text: Buffer) => {
        resolve((JSON.parse(text.toString()) as { data: unknown }).data);
      }),
    );
    gate.open();
    expect(await last).not.toBe(second.userId);
  });

  it('takes a new token of the same user', async () => {
    const { token, userId, email } = await app.person();
    for (const each of [token, (await app.signIn(email)).token]) {
      await answerTo(socket, 'sign_in', each);
      expect(await answerTo(socket, 'checked')).toBe(userId);
    }
  });

  it('leaves no caller behind for a guard of the application that lets refused messages pass', async () => {
    const { token, userId } = await app.person();
    await answerTo(socket, 'sign_in', token);
    expect(await answerTo(socket, 'maybe')).toBe(userId);
    await app.as(token).delete('/sessions/current').expect(204);
    expect(await answerTo(socket, 'maybe')).toBe('nobody');
  });
});

describe('A handler of a library that names no kind of context', () => {
  it('is refused: what it gets is no request, and may name a caller', async () => {
    class Foreign {
      handle(caller: Caller | null): unknown {
        return caller?.user.id;
      }
    }
    const descriptor = Object.getOwnPropertyDescriptor(Foreign.prototype, 'handle')!;
    UseGuards(OptionalAuthenticationGuard)(Foreign.prototype, 'handle', descriptor);
    MaybeCurrentSession()(Foreign.prototype, 'handle', 0);
    const app = await startApplication();
    const foreign = new Foreign();
    const handle = app
      .get(ExternalContextCreator)
      .create(foreign, foreign.handle.bind(foreign) as never, 'handle', '__routeArguments__', {
        exchangeKeyForValue: () => undefined,
      });
    const message = { headers: {}, currentSession: { user: { id: 4711 } } };
    await expect(handle(message)).rejects.toThrow('refuses all others');
    await app.close();
  });
});

async function startOn(adapter: 'express' | 'fastify', imports: never[]): Promise<TestApplication> {
  const before = process.env['HTTP_ADAPTER'];
  process.env['HTTP_ADAPTER'] = adapter;
  try {
    return await startApplication({ imports });
  } finally {
    if (before === undefined) delete process.env['HTTP_ADAPTER'];
    else process.env['HTTP_ADAPTER'] = before;
  }
}

/** Node sends a list as several lines. */
function ask(
  app: TestApplication,
  query: string,
  headers: Record<string, string | string[]>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
    const sent = httpRequest(`${app.url}/graphql`, options, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString()));
      response.on('end', () => {
        resolve(text);
      });
    });
    sent.on('error', reject);
    sent.end(JSON.stringify({ query }));
  });
}

for (const driver of DRIVERS) {
  describe(`GraphQL with ${driver.name}`, () => {
    let app: TestApplication;

    beforeAll(async () => {
      app = await startOn(driver.adapter, [driver.module() as never]);
    });
    afterAll(() => app.close());

    it('refuses two lines with different tokens, also in a request that says to open a WebSocket', async () => {
      const [first, second] = [await app.person(), await app.person()];
      const lines = { Authorization: [`Bearer ${first.token}`, `Bearer ${second.token}`] };
      expect(await ask(app, '{ me }', lines)).toContain('wrong_parameters');
      expect(await ask(app, '{ me }', { ...lines, 'Sec-WebSocket-Key': 'x' })).toContain('wrong_parameters');
    });

    it('refuses connectionParams of any shape', async () => {
      const shapes: Record<string, unknown>[] = [
        { 'x-session-token': 'unknown', 'user-agent': ['x'], 'accept-language': ['de'], traceparent: ['y'] },
        { 'x-session-token': 'unknown', 'x-forwarded-for': ['\0'] },
        { 'x-session-token': 'a\0b\ud800' },
        { 'X-SESSION-TOKEN': 'x'.repeat(200_000) },
        { headers: [] },
      ];
      for (const connectionParams of shapes) {
        const url = `${app.url.replace('http', 'ws')}/graphql`;
        const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0, connectionParams });
        const outcome = await client
          .iterate({ query: 'subscription { ticks }' })
          .next()
          .catch((failure: unknown) => failure);
        expect(JSON.stringify(outcome)).toContain(REFUSED);
        await client.dispose();
      }
    });
  });
}

@Resolver()
class SlowResolver {
  @Query(() => Int)
  @UseGuards(AuthenticationGuard)
  async slow(@CurrentUser() user: User): Promise<number> {
    await gate.pass();
    return user.id;
  }

  @Query(() => Int)
  @UseGuards(AuthenticationGuard)
  me(@CurrentUser() user: User): number {
    return user.id;
  }
}

describe('One GraphQL context for all requests, which keeps the first one', () => {
  for (const adapter of ['express', 'fastify'] as const) {
    it(`gives nobody the caller of an operation that is still at work, or is over, on ${adapter}`, async () => {
      const shared: { req?: object } = {};
      const context = (given: { req?: object }): object => {
        shared.req ??= given.req ?? given;
        return shared;
      };
      @Module({
        imports: [
          GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true, context }),
        ],
        providers: [SlowResolver],
      })
      class SharedModule {}
      const app = await startOn(adapter, [SharedModule as never]);
      const { token, userId } = await app.person();
      gate = new Gate();
      const first = ask(app, '{ slow }', { 'X-Session-Token': token });
      await gate.entered;
      expect(await ask(app, '{ me }', {})).toContain('Several requests share one GraphQL context');
      gate.open();
      expect(JSON.parse(await first)).toEqual({ data: { slow: userId } });
      await pause(0);
      expect(await ask(app, '{ me }', {})).toContain('Several requests share one GraphQL context');
      await app.close();
    });
  }
});
