import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import { Injectable, Module, type DynamicModule, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { InjectRepository } from '@nestjs/typeorm';
import request from 'supertest';
import type { Repository } from 'typeorm';
import { AuthenticationModule } from '../../src/authentication/authentication.module.js';
import type { AuthenticationAsyncOptions } from '../../src/authentication/authentication.options.js';
import { MailTransport, type Mail } from '../../src/authentication/core/mail/mail.js';
import type { PasswordHashing } from '../../src/authentication/core/passwords/password-hashing.js';
import { ROOT_REALM_ID } from '../../src/authentication/core/realms/realm.js';
import { authenticationSettings } from '../../src/authentication/core/settings/authentication.settings.js';
import { User } from '../../src/authentication/core/users/user.entity.js';
import { httpAdapter, PASSWORD, startApplication, testDatabase } from '../support/application.js';
import { until } from '../support/until.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const VARIABLES = { APP_URL: 'http://app.test', HASHING_MEMORY_KIB: '1024', HASHING_PASSES: '1' };

class KeptMails extends MailTransport {
  readonly mails: Mail[] = [];

  send(mail: Mail): Promise<void> {
    this.mails.push(mail);
    return Promise.resolve();
  }
}

/** A provider of the host with settings, as ConfigService of ConfigModule is one. */
@Injectable()
class HostConfiguration {
  readonly variables = VARIABLES;
}

@Module({ providers: [HostConfiguration], exports: [HostConfiguration] })
class HostConfigurationModule {}

const fromConfiguration = (further: Partial<AuthenticationAsyncOptions> = {}): DynamicModule =>
  AuthenticationModule.forRootAsync({
    imports: [HostConfigurationModule],
    inject: [HostConfiguration],
    useFactory: ({ variables }: HostConfiguration) => ({
      settings: authenticationSettings(variables),
      database: testDatabase(),
    }),
    features: [],
    ...further,
  });

async function started(...imports: DynamicModule[]): Promise<INestApplication<Server>> {
  const testing = await Test.createTestingModule({ imports })
    .setLogger(false as never)
    .compile();
  const application = testing.createNestApplication<INestApplication<Server>>(await httpAdapter());
  await application.listen(0, '127.0.0.1');
  return application;
}

const failureOf = (start: Promise<INestApplication>): Promise<string> =>
  start.then(
    async (application) => {
      await application.close();
      return 'none';
    },
    (error: unknown) => String(error),
  );

const signUp = (application: INestApplication<Server>, email: string, prefix = '') =>
  request(application.getHttpServer())
    .post(`${prefix}/sign_up`)
    .send({ email, password: PASSWORD, password_confirmation: PASSWORD });

describe('AuthenticationModule.forRootAsync', () => {
  it('takes its options from a provider of the host', async () => {
    const mail = new KeptMails();
    const application = await started(
      fromConfiguration({
        useFactory: ({ variables }: HostConfiguration) => ({
          settings: authenticationSettings(variables),
          database: testDatabase(),
          mail,
        }),
        routePrefix: 'auth',
      }),
    );
    try {
      await signUp(application, 'async@example.com', '/auth').expect(201);
      await until(() => mail.mails.length === 1);
      // The links also have the prefix that was given in code.
      expect(mail.mails[0]?.text).toContain('http://app.test/auth/identity/email_verification?');
    } finally {
      await application.close();
    }
  });

  it('refuses a route prefix that is not a path, and settings with a different prefix', async () => {
    expect(() => fromConfiguration({ routePrefix: 'a b' })).toThrow(
      "routePrefix takes a path, such as 'auth'",
    );
    const other = fromConfiguration({
      useFactory: ({ variables }: HostConfiguration) => ({
        settings: authenticationSettings({ ...variables, ROUTE_PREFIX: 'elsewhere' }),
        database: testDatabase(),
      }),
      routePrefix: 'auth',
    });
    expect(await failureOf(started(other))).toBe(
      'SettingError: ROUTE_PREFIX is "/elsewhere", but forRootAsync() registered the routes under "/auth": give it the same routePrefix',
    );
  });
});

describe('Options that cannot be used', () => {
  const database = { url: 'postgres://127.0.0.1/app' };
  const REFUSED: [name: string, options: unknown, line: string][] = [
    ['none', undefined, 'forRoot(): the options must be an object'],
    ['no database', {}, 'forRoot(): database takes'],
    ['no URL', { database: { url: undefined } }, 'forRoot(): database takes'],
    [
      'the URL of another kind of database',
      { database: { url: 'mysql://127.0.0.1/app' } },
      'forRoot(): database takes',
    ],
    [
      'a class instead of a mail transport',
      { database, mail: KeptMails },
      'forRoot(): mail takes an object with the method send',
    ],
    [
      'a hasher without verify',
      { database, hasher: { hash: () => '' } },
      'hasher takes an object with the method verify',
    ],
  ];
  for (const [name, options, line] of REFUSED) {
    it(`are refused in one line: ${name}`, () => {
      expect(() => AuthenticationModule.forRoot(options as never)).toThrow(line);
    });
  }

  it('are refused in one line: an option that Nest needs before the factory runs', async () => {
    const late = fromConfiguration({
      useFactory: () => ({ database: testDatabase(), protectAll: true }) as never,
    });
    expect(await failureOf(started(late))).toBe(
      'SettingError: forRootAsync(): set protectAll beside useFactory, not in its result: Nest reads it before the factory runs',
    );
  });
});

describe('Parts of the host', () => {
  const production = { ...VARIABLES, NODE_ENV: 'production', SECRET_KEY: KEY };

  it('send the mails in production, where otherwise SMTP_URL is required', async () => {
    const options = { settings: authenticationSettings(production), database: testDatabase() };
    expect(() => AuthenticationModule.forRoot(options)).toThrow('SMTP_URL must be set in production');
    const withoutMail = fromConfiguration({ useFactory: () => options });
    expect(await failureOf(started(withoutMail))).toMatch(
      /^SettingError: SMTP_URL must be set in production/,
    );

    const application = await started(AuthenticationModule.forRoot({ ...options, mail: new KeptMails() }));
    await application.close();
  });

  it('hash the passwords', async () => {
    const digest = (password: string): string =>
      `sha256:${createHash('sha256').update(password).digest('hex')}`;
    const hasher: PasswordHashing = {
      hash: (password) => Promise.resolve(digest(password)),
      verify: (known, password) => Promise.resolve(known === digest(password)),
    };
    const app = await startApplication({ parts: { hasher } });
    try {
      const { email } = await app.signUp();
      const [row] = await app.query('SELECT password_digest FROM authentication.users WHERE email = $1', [
        email,
      ]);
      expect(row).toEqual({ password_digest: digest(PASSWORD) });
      await app.signIn(email);
      await app.anonymous.post('/sign_in').send({ email, password: 'not the password' }).expect(401);
    } finally {
      await app.close();
    }
  });

  it('find the realm of a request, once for each request', async () => {
    const tenant = { id: '30000000-0000-4000-8000-000000000003', name: 'Tenant' };
    let asked = 0;
    const realms = {
      resolve: () => {
        asked += 1;
        return Promise.resolve({ realm: tenant, chosen: true });
      },
      find: (id: string) => Promise.resolve(id === tenant.id ? tenant : null),
    };
    const app = await startApplication({ features: [], parts: { realms } });
    try {
      const { email } = await app.signUp();
      expect(asked).toBe(1);
      const { token } = await app.signIn(email);
      asked = 0;
      await app.as(token).get('/sessions/current').expect(200);
      expect(asked).toBe(1);
      const [row] = await app.query('SELECT realm FROM authentication.users WHERE email = $1', [email]);
      expect(row).toEqual({ realm: tenant.id });
    } finally {
      await app.close();
    }
  });
});

@Injectable()
class UserReport {
  constructor(@InjectRepository(User, 'authentication') readonly users: Repository<User>) {}
}

@Module({ providers: [UserReport] })
class ReportModule {}

describe("@InjectRepository(User, 'authentication')", () => {
  it('works in providers of the host', async () => {
    const app = await startApplication({ imports: [ReportModule] });
    try {
      const { email } = await app.signUp();
      const user = await app.get(UserReport).users.findOneByOrFail({ email });
      expect(user).toMatchObject({ email, realm: ROOT_REALM_ID });
    } finally {
      await app.close();
    }
  });
});
