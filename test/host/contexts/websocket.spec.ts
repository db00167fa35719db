import type { Server } from 'node:http';
import type { INestApplication, Type } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { FEATURES } from '../../../src/authentication/authentication.module.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { letTimePass } from '../../support/clock.js';
import { KeysFeature } from '../../support/features/keys.feature.js';
import { Log } from '../../support/log.js';
import { Statements } from '../../support/statements.js';
import { SocketIoModule, WsModule } from './chat.gateway.js';

interface Opening {
  path?: string;
  headers?: Record<string, string>;
  /** of Socket.IO alone */
  auth?: Record<string, unknown>;
}

/** A connection of either kind. */
interface Connection {
  /** Sends a message. @returns the next answer: its data, or the code of our problem, or the message of an exception */
  say(event: string, data?: unknown): Promise<unknown>;
  /** The first answer that comes without a message, or 'closed'. */
  readonly greeting: Promise<unknown>;
  close(): void;
}

interface Answer {
  event: string;
  data: unknown;
}

/** The answers of a connection, in order, to those who wait for one. */
class Answers {
  private readonly waiting: ((outcome: unknown) => void)[] = [];
  private readonly early: unknown[] = [];

  add(outcome: unknown): void {
    const next = this.waiting.shift();
    if (next === undefined) this.early.push(outcome);
    else next(outcome);
  }

  next(): Promise<unknown> {
    if (this.early.length > 0) return Promise.resolve(this.early.shift());
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

function outcomeOf({ event, data }: Answer): unknown {
  if (event !== 'exception') return data;
  const { status, code, message } = data as Record<string, unknown>;
  return `${String(status)} ${String(code ?? message)}`;
}

function socketIo(
  app: TestApplication,
  { path = '', headers = {}, auth = {} }: Opening,
): Promise<Connection> {
  const socket = io(app.url + path, {
    auth,
    extraHeaders: headers,
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
  });
  const answers = new Answers();
  socket.on('disconnect', () => {
    answers.add('closed');
  });
  for (const event of ['reply', 'exception'])
    socket.on(event, (data) => {
      answers.add(outcomeOf({ event, data }));
    });
  const connection = {
    say: (event: string, data?: unknown) => {
      if (data === undefined) socket.emit(event);
      else socket.emit(event, data);
      return answers.next();
    },
    get greeting() {
      return answers.next();
    },
    close: () => socket.disconnect(),
  };
  return new Promise((resolve, reject) => {
    socket.on('connect', () => {
      resolve(connection);
    });
    socket.on('connect_error', reject);
  });
}

function ws(app: TestApplication, { path = '/', headers = {} }: Opening): Promise<Connection> {
  const socket = new WebSocket(app.url.replace('http', 'ws') + path, { headers });
  const answers = new Answers();
  socket.on('message', (text: Buffer) => {
    answers.add(outcomeOf(JSON.parse(text.toString()) as Answer));
  });
  socket.on('close', () => {
    answers.add('closed');
  });
  const connection = {
    say: (event: string, data?: unknown) => {
      socket.send(JSON.stringify({ event, data }));
      return answers.next();
    },
    get greeting() {
      return answers.next();
    },
    close: () => {
      socket.close();
    },
  };
  return new Promise((resolve, reject) => {
    socket.on('open', () => {
      resolve(connection);
    });
    socket.on('error', reject);
  });
}

const KINDS: readonly {
  name: string;
  module: Type;
  adapter: (nest: INestApplication<Server>) => IoAdapter | WsAdapter;
  connect: (app: TestApplication, opening: Opening) => Promise<Connection>;
}[] = [
  { name: 'Socket.IO', module: SocketIoModule, adapter: (nest) => new IoAdapter(nest), connect: socketIo },
  { name: 'ws', module: WsModule, adapter: (nest) => new WsAdapter(nest), connect: ws },
];

const REFUSED = 'error authentication_required';

for (const { name, module, adapter, connect } of KINDS) {
  const open: Connection[] = [];
  const start = (protectAll = false): Promise<TestApplication> =>
    startApplication({
      features: [...FEATURES, KeysFeature],
      imports: [module],
      protectAll,
      prepare: (nest) => {
        nest.useWebSocketAdapter(adapter(nest));
      },
    });
  const through = async (app: TestApplication, opening: Opening = {}): Promise<Connection> => {
    const connection = await connect(app, opening);
    open.push(connection);
    return connection;
  };
  const closeAll = async (app: TestApplication): Promise<void> => {
    for (const connection of open.splice(0)) connection.close();
    await app.close();
  };
  const withToken = (token: string): Opening => ({ headers: { 'X-Session-Token': token } });

  describe(`WebSockets with ${name}`, () => {
    let app: TestApplication;

    beforeAll(async () => {
      app = await start();
    });
    afterAll(() => closeAll(app));

    it('passes the caller to a guarded message, whatever its data', async () => {
      const { token, userId, sessionId } = await app.person();
      const connection = await through(app, withToken(token));
      expect(await connection.say('me')).toEqual(userId);
      for (const data of ['text', 7, [1, 2], { token: 'x' }])
        expect(await connection.say('me', data)).toEqual([userId, data]);
      expect(await connection.say('session')).toBe(sessionId);
      const bearer = await through(app, { headers: { Authorization: `Bearer ${token}` } });
      expect(await bearer.say('me')).toBe(userId);
    });

    it('answers the event exception without a valid token, and stays connected', async () => {
      for (const opening of [{}, withToken('unknown')]) {
        const connection = await through(app, opening);
        expect(await connection.say('me')).toBe(REFUSED);
        expect(await connection.say('session')).toBe(REFUSED);
        expect(await connection.say('open')).toBe('open');
      }
    });

    it('refuses the next message after the session ended', async () => {
      const { token, userId } = await app.person();
      const connection = await through(app, withToken(token));
      expect(await connection.say('me')).toBe(userId);
      await app.as(token).delete('/sessions/current').expect(204);
      expect(await connection.say('me')).toBe(REFUSED);
      expect(await connection.say('stray')).toBe(REFUSED);
    });

    it('logs a refused token without the token, with the address of the client', async () => {
      const log = Log.of(app);
      const connection = await through(app, withToken('no-live-token'));
      await connection.say('me');
      const [entry] = log.entries('token_refused');
      expect(JSON.stringify(entry)).toContain('127.0.0.1');
      expect(log.lines.join()).not.toContain('no-live-token');
    });

    it('looks the session up once for a message', async () => {
      const { token } = await app.person();
      const connection = await through(app, withToken(token));
      const statements = await new Statements(app).of(() => connection.say('me'));
      expect(statements.filter((text) => text.includes('sessions s'))).toHaveLength(1);
    });

    it('keeps two messages at the same time apart', async () => {
      const { token, userId } = await app.person();
      const connection = await through(app, withToken(token));
      const both = await Promise.all([connection.say('me'), connection.say('stray'), connection.say('me')]);
      expect(both.sort()).toEqual([userId, userId, REFUSED].sort());
    });

    it('knows @SessionOnly() and @RequireSudo()', async () => {
      const { token, userId } = await app.person();
      const key = await through(app, withToken(`key_${userId}`));
      expect(await key.say('me')).toBe(userId);
      expect(await key.say('session')).toBe('error session_required');
      expect(await key.say('secret')).toBe('error sudo_required');
      const connection = await through(app, withToken(token));
      expect(await connection.say('secret')).toBe(userId);
      await letTimePass(app, '31 minutes');
      expect(await connection.say('secret')).toBe('error sudo_required');
    });

    it('knows no caller without the guard', async () => {
      const { token } = await app.person();
      const connection = await through(app, withToken(token));
      expect(await connection.say('stray')).toBe(REFUSED);
      await connection.say('me');
      expect(await connection.say('stray')).toBe(REFUSED);
    });

    it('refuses a session of another realm', async () => {
      const owner = await app.person({ verified: true });
      const { body } = await app.as(owner.token).post('/applications').send({ name: 'Shop' }).expect(201);
      const apiKey = (body as { api_key: string }).api_key;
      const headers = { 'X-Session-Token': owner.token, 'X-Api-Key': apiKey };
      expect(await (await through(app, { headers })).say('me')).toBe(REFUSED);
    });

    it('passes on the errors of the application, and hides its failures', async () => {
      const connection = await through(app);
      expect(await connection.say('own')).toBe('error an error of the application');
      expect(await connection.say('broken')).toBe('error internal_error');
    });

    it('tells a gateway whether a connection may stay', async () => {
      const path = '/members';
      const { token, userId } = await app.person();
      expect(await (await through(app, { path, ...withToken(token) })).greeting).toBe(userId);
      for (const opening of [{}, withToken('unknown')])
        expect(await (await through(app, { path, ...opening })).greeting).toBe('closed');
    });
  });

  describe(`WebSockets with ${name} and protectAll`, () => {
    let app: TestApplication;

    beforeAll(async () => {
      app = await start(true);
    });
    afterAll(() => closeAll(app));

    it('needs a session for all messages without @Public()', async () => {
      const { token, userId } = await app.person();
      expect(await (await through(app)).say('open')).toBe(REFUSED);
      const connection = await through(app, withToken(token));
      expect(await connection.say('open')).toBe('open');
      expect(await connection.say('stray')).toBe(userId);
    });

    it('needs none for a public message, or a public gateway', async () => {
      expect(await (await through(app)).say('published')).toBe('published');
      expect(await (await through(app, { path: '/news' })).say('news')).toBe('news');
    });
  });
}

describe('WebSockets with Socket.IO, opened by a browser', () => {
  it('take the token from the option auth of the client', async () => {
    const app = await startApplication({ imports: [SocketIoModule] });
    const { token, userId } = await app.person();
    const opened: Connection[] = [];
    const asked = async (opening: Opening): Promise<unknown> => {
      const connection = await socketIo(app, opening);
      opened.push(connection);
      return connection.say('me');
    };
    expect(await asked({ auth: { token } })).toBe(userId);
    for (const wrong of ['unknown', 7, null, [token], { token }, { toString: 1 }])
      expect(await asked({ auth: { token: wrong } })).toBe(REFUSED);
    const another = { 'X-Session-Token': 'another' };
    expect(await asked({ auth: { token }, headers: another })).toBe('error wrong_parameters');
    expect(await asked({ path: '/plain' })).toBe('error Internal server error');
    for (const connection of opened) connection.close();
    await app.close();
  });
});

describe('WebSockets with ws whose opening request is not known', () => {
  it('are refused, and the log says what to do', async () => {
    const app = await startApplication({
      imports: [WsModule],
      prepare: (nest) => {
        nest.useWebSocketAdapter(new WsAdapter(nest));
      },
    });
    const log = Log.of(app);
    const { token } = await app.person();
    const connection = await ws(app, { headers: { 'X-Forgotten': '1', 'X-Session-Token': token } });
    expect(await connection.say('me')).toBe('error internal_error');
    expect(log.lines.join()).toMatch(/rememberUpgrade\(client, request\)/);
    connection.close();
    await app.close();
  });
});
