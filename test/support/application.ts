import { globalAgent, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { AuthenticationModule, FEATURES } from '../../src/authentication/authentication.module.js';
import type { Feature, OwnParts, StaticOptions } from '../../src/authentication/authentication.options.js';
import type {
  DatabaseConnection,
  OwnConnection,
} from '../../src/authentication/core/database/data-source.js';
import { Database } from '../../src/authentication/core/database/database.js';
import { authenticationSettings } from '../../src/authentication/core/settings/authentication.settings.js';
import type { Locales } from '../../src/authentication/core/texts/locales.js';
import { Contract } from './contract.js';
import { Mailbox } from './mailbox.js';

/** Fast hashes and high limits. Specs about hashing and limits have their own settings. */
const VARIABLES = {
  APP_NAME: 'Acme',
  APP_URL: 'http://app.test',
  SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  HASHING_MEMORY_KIB: '1024',
  HASHING_PASSES: '1',
  HASHING_QUEUE: '1000',
  THROTTLE_FACTOR: '1000',
};

export const PASSWORD = 'correct horse battery staple';

/** What your sign-up requires beside address and password. Specs whose matter it is not need not name it. */
export const SIGN_UP_FIELDS: Readonly<Record<string, unknown>> = {};

export interface SignedIn {
  readonly email: string;
  readonly token: string;
  readonly userId: number;
  readonly sessionId: number;
}

/** A small application around the authentication module, listening on a free port, with the worker's database. */
export class TestApplication {
  readonly mailbox: Mailbox;
  private contract: Contract | undefined;
  private people = 0;

  constructor(
    readonly nest: INestApplication<Server>,
    readonly url: string,
    private readonly language?: string,
    private readonly isDocumented = true,
  ) {
    this.mailbox = new Mailbox(nest);
  }

  /** A client with or without a token. Every answer that it gets is checked against the OpenAPI document. */
  as(token?: string) {
    const agent = request.agent(this.url).use((test: request.Test) => {
      completeSignUp(test);
      if (this.isDocumented) test.expect((response) => this.documented.check(test, response));
    });
    if (this.language !== undefined) agent.set('Accept-Language', this.language);
    return token === undefined ? agent : agent.set('X-Session-Token', token);
  }

  private get documented(): Contract {
    return (this.contract ??= new Contract(this.nest));
  }

  get anonymous() {
    return this.as();
  }

  get<T>(provider: Type<T> | (abstract new (...args: never[]) => T)): T {
    return this.nest.get<T>(provider, { strict: false });
  }

  query<Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.get(Database)
      .pool.query(text, values)
      .then(({ rows }) => rows as Row[]);
  }

  newEmail(): string {
    this.people += 1;
    return `person${this.people}.${Date.now().toString(36)}@example.com`;
  }

  async signUp(email = this.newEmail(), password = PASSWORD): Promise<{ email: string; userId: number }> {
    const { body, status } = await this.anonymous
      .post('/sign_up')
      .send({ email, password, password_confirmation: password });
    if (status !== 201) throw new Error(`sign-up was answered ${status}: ${JSON.stringify(body)}`);
    return { email, userId: (body as { id: number }).id };
  }

  async signIn(email: string, password = PASSWORD): Promise<SignedIn> {
    const { body, status, headers } = await this.anonymous.post('/sign_in').send({ email, password });
    if (status !== 201) throw new Error(`sign-in was answered ${status}: ${JSON.stringify(body)}`);
    const { id, user_id: userId } = body as { id: number; user_id: number };
    return { email, token: String(headers['x-session-token']), userId, sessionId: id };
  }

  /** Makes the address verified, without the mailed link. */
  async markVerified(email: string): Promise<void> {
    await this.query('UPDATE authentication.users SET verified = true WHERE email = $1', [email]);
  }

  /** Renews a session. @returns its previous token, which works for 30 seconds more */
  async tokenInGrace({ token }: Pick<SignedIn, 'token'>): Promise<string> {
    await this.as(token).post('/sessions/current/renewal').expect(201);
    return token;
  }

  /** A new user who is signed in; with `verified`, the mailed link was used, too. */
  async person({ verified = false } = {}): Promise<SignedIn> {
    const { email } = await this.signUp();
    if (verified) {
      const token = await this.mailbox.tokenTo(email);
      await this.anonymous.put('/identity/email_verification').send({ email, token }).expect(204);
    }
    return this.signIn(email);
  }

  async close(): Promise<void> {
    await this.nest.close();
    // Open connections of the client would keep the worker from ending.
    globalAgent.destroy();
  }
}

/** Adds `SIGN_UP_FIELDS` to a sign-up whose body is an object. */
function completeSignUp(test: request.Test): void {
  if (test.method !== 'POST' || !test.url.endsWith('/sign_up')) return;
  const send = test.send.bind(test);
  test.send = (body) =>
    send(typeof body === 'object' && !Array.isArray(body) ? { ...SIGN_UP_FIELDS, ...body } : body);
}

interface Options {
  /** environment variables of this application */
  variables?: Record<string, string>;
  features?: readonly Feature[];
  /** modules of the host around ours */
  imports?: readonly Type[];
  database?: DatabaseConnection;
  protectAll?: boolean;
  /** the host's own parts */
  parts?: OwnParts;
  /** languages besides English */
  locales?: Locales;
  /** the Accept-Language of every client */
  language?: string;
  /** false: answers may have what the OpenAPI document does not list */
  isDocumented?: boolean;
  /** sets the application up before it listens */
  prepare?: (nest: INestApplication<Server>) => void;
  /** marks of the host on our routes */
  routeDecorators?: StaticOptions['routeDecorators'];
}

export async function startApplication({
  variables = {},
  features,
  imports = [],
  database,
  protectAll = false,
  parts = {},
  locales,
  language,
  isDocumented = true,
  prepare,
  routeDecorators = [],
}: Options = {}): Promise<TestApplication> {
  const authentication = AuthenticationModule.forRoot({
    settings: authenticationSettings({ ...testVariables(), ...variables }),
    database: database ?? testDatabase(),
    features: features ?? FEATURES,
    protectAll,
    routeDecorators,
    ...(locales === undefined ? {} : { locales }),
    ...parts,
  });
  const testing = await Test.createTestingModule({ imports: [authentication, ...imports] }).compile();
  testing.useLogger(false);
  const nest = testing.createNestApplication<INestApplication<Server>>(await httpAdapter());
  prepare?.(nest);
  try {
    await nest.listen(0, '127.0.0.1');
  } catch (error) {
    // Whatever was opened before the failure would keep the worker from ending.
    await nest.close();
    throw error;
  }
  const { port } = nest.getHttpServer().address() as AddressInfo;
  return new TestApplication(nest, `http://127.0.0.1:${port}`, language, isDocumented);
}

/**
 * The variables of every application. `TEST_SETTINGS='NAME=value&…' npm test` runs all specs with further ones, such as
 * those of a feature.
 */
export function testVariables(): Record<string, string> {
  return { ...VARIABLES, ...Object.fromEntries(new URLSearchParams(process.env['TEST_SETTINGS'] ?? '')) };
}

/** The database of this worker: embedded, or on a server. */
export function testDatabase(): OwnConnection {
  const { testDatabase: open } = globalThis as { testDatabase?: () => OwnConnection };
  if (open === undefined) throw new Error('the test environment opened no database');
  return open();
}

/** Whether the specs run on the embedded Postgres, which has one connection. */
export function isEmbedded(): boolean {
  return 'extra' in testDatabase();
}

/** The adapter of HTTP_ADAPTER, or the one that is installed. A static import would need both packages. */
export async function httpAdapter() {
  const wanted = process.env['HTTP_ADAPTER'];
  for (const name of wanted === undefined ? ['fastify', 'express'] : [wanted]) {
    const adapters = (await import(`@nestjs/platform-${name}`).catch(() => ({}))) as Record<
      string,
      new () => never
    >;
    const Adapter = adapters[name === 'fastify' ? 'FastifyAdapter' : 'ExpressAdapter'];
    if (Adapter !== undefined) return new Adapter();
  }
  throw new Error('neither @nestjs/platform-fastify nor @nestjs/platform-express is installed');
}
