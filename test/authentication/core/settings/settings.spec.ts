import { availableParallelism } from 'node:os';
import { isInRanges } from '../../../../src/authentication/core/clients/address.js';
import {
  authenticationSettings,
  hashesAtOnce,
  secretKeysFor,
} from '../../../../src/authentication/core/settings/authentication.settings.js';
import { SettingError } from '../../../../src/authentication/core/settings/environment.js';

type Variables = Record<string, string | undefined>;

const DAY = 86_400;
const KEY = Buffer.alloc(32, 1).toString('base64');

function complaintAbout(variables: Variables): string {
  try {
    authenticationSettings(variables);
  } catch (error) {
    if (error instanceof SettingError) return error.message;
    throw error;
  }
  return 'none';
}

describe('settings of authentication', () => {
  it('have defaults', () => {
    expect(authenticationSettings({})).toMatchObject({
      appName: 'Authentication Zero',
      appUrl: 'http://127.0.0.1:3000',
      routePrefix: '',
      emailVerificationUrl: 'http://127.0.0.1:3000/identity/email_verification',
      passwordResetUrl: 'http://127.0.0.1:3000/identity/password_reset',
      mailFrom: 'Authentication Zero <no-reply@localhost>',
      smtpUrl: null,
      redisUrl: null,
      requireVerifiedEmail: false,
      concealAccounts: false,
      passwordMinLength: 15,
      sessionIdleSeconds: 14 * DAY,
      sessionAbsoluteSeconds: 90 * DAY,
      throttleFactor: 1,
      hashing: {
        memoryCost: 19_456,
        timeCost: 2,
        parallelism: 1,
        concurrency: hashesAtOnce(availableParallelism(), 4),
        queue: 64,
      },
      secretKeys: [],
    });
  });

  it('are read from the environment', () => {
    const settings = authenticationSettings({
      APP_NAME: 'Acme',
      APP_URL: 'https://acme.example/app/',
      ROUTE_PREFIX: '/auth/',
      MAIL_FROM: 'Acme <mail@acme.example>',
      SMTP_URL: 'smtps://user:secret@mail.acme.example:465',
      REDIS_URL: 'redis://cache:6379/2',
      TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      REQUIRE_VERIFIED_EMAIL: 'true',
      CONCEAL_ACCOUNTS: '1',
      PASSWORD_MIN_LENGTH: '12',
      SESSION_IDLE_DAYS: '0.5',
      SESSION_ABSOLUTE_DAYS: '30',
      THROTTLE_FACTOR: '2.5',
      HASHING_MEMORY_KIB: '65536',
      HASHING_PASSES: '3',
      HASHING_LANES: '4',
      UV_THREADPOOL_SIZE: '8',
      HASHING_CONCURRENCY: '7',
      HASHING_QUEUE: '0',
      SECRET_KEY: `${KEY}, ${Buffer.alloc(32, 2).toString('base64')}`,
      NODE_ENV: 'production',
    });
    expect(settings).toMatchObject({
      appName: 'Acme',
      appUrl: 'https://acme.example/app',
      routePrefix: '/auth',
      emailVerificationUrl: 'https://acme.example/app/auth/identity/email_verification',
      passwordResetUrl: 'https://acme.example/app/auth/identity/password_reset',
      mailFrom: 'Acme <mail@acme.example>',
      smtpUrl: 'smtps://user:secret@mail.acme.example:465',
      redisUrl: 'redis://cache:6379/2',
      requireVerifiedEmail: true,
      concealAccounts: true,
      passwordMinLength: 12,
      sessionIdleSeconds: DAY / 2,
      sessionAbsoluteSeconds: 30 * DAY,
      throttleFactor: 2.5,
      hashing: { memoryCost: 65_536, timeCost: 3, parallelism: 4, concurrency: 7, queue: 0 },
      secretKeys: [Buffer.alloc(32, 1), Buffer.alloc(32, 2)],
    });
    expect(isInRanges('10.1.2.3', settings.trustedProxies)).toBe(true);
    expect(isInRanges('::1', settings.trustedProxies)).toBe(true);
    expect(isInRanges('11.1.2.3', settings.trustedProxies)).toBe(false);
  });

  it('can send mailed links to your own front end', () => {
    expect(
      authenticationSettings({
        EMAIL_VERIFICATION_URL: 'https://app.example/confirm',
        PASSWORD_RESET_URL: 'https://app.example/#/reset',
      }),
    ).toMatchObject({
      emailVerificationUrl: 'https://app.example/confirm',
      passwordResetUrl: 'https://app.example/#/reset',
    });
  });

  it('count an empty variable as unset', () => {
    const unset: object = { ...authenticationSettings({}), environment: expect.anything() as object };
    const names = [
      'APP_NAME',
      'APP_URL',
      'ROUTE_PREFIX',
      'EMAIL_VERIFICATION_URL',
      'PASSWORD_RESET_URL',
      'MAIL_FROM',
      'SMTP_URL',
      'REDIS_URL',
      'TRUSTED_PROXIES',
      'REQUIRE_VERIFIED_EMAIL',
      'CONCEAL_ACCOUNTS',
      'PASSWORD_MIN_LENGTH',
      'SESSION_IDLE_DAYS',
      'SESSION_ABSOLUTE_DAYS',
      'THROTTLE_FACTOR',
      'HASHING_MEMORY_KIB',
      'HASHING_PASSES',
      'HASHING_LANES',
      'HASHING_CONCURRENCY',
      'HASHING_QUEUE',
      'UV_THREADPOOL_SIZE',
      'SECRET_KEY',
      'NODE_ENV',
    ];
    for (const value of ['', '   ']) {
      const empty = authenticationSettings(Object.fromEntries(names.map((name) => [name, value])));
      expect(empty).toMatchObject(unset);
    }
  });

  it('give features a random key, which ends with the process, when none is set outside production', () => {
    const [first, second, kept] = [{}, {}, { SECRET_KEY: KEY }].map((values) =>
      authenticationSettings(values),
    );
    expect(secretKeysFor('a feature', kept!)).toEqual([Buffer.from(KEY, 'base64')]);
    const [lent] = secretKeysFor('a feature', first!);
    expect(lent).toHaveLength(32);
    expect(secretKeysFor('another feature', first!)).toEqual([lent]);
    expect(secretKeysFor('a feature', second!)).not.toEqual([lent]);
  });

  const BAD: [name: string, value: string, takes: string][] = [
    ['APP_URL', 'acme.example', 'a URL that starts with http:// or https://'],
    ['APP_URL', 'ftp://acme.example/', 'a URL that starts with http:// or https://'],
    ['APP_URL', 'https://acme.example/?a=1', 'a URL without a query, a fragment or credentials'],
    ['APP_URL', 'https://acme.example/#a', 'a URL without a query, a fragment or credentials'],
    ['EMAIL_VERIFICATION_URL', 'javascript:alert(1)', 'a URL that starts with http:// or https://'],
    ['PASSWORD_RESET_URL', '/reset', 'a URL that starts with http:// or https://'],
    ['ROUTE_PREFIX', 'a b', 'a path of letters, digits and . _ ~ -, such as auth'],
    ['ROUTE_PREFIX', 'a//b', 'a path of letters, digits and . _ ~ -, such as auth'],
    ['ROUTE_PREFIX', ':id', 'a path of letters, digits and . _ ~ -, such as auth'],
    ['MAIL_FROM', 'nobody', 'an address, such as "Acme <no-reply@acme.example>"'],
    ['MAIL_FROM', 'a@b.example\r\nBcc: c@d.example', 'an address, such as "Acme <no-reply@acme.example>"'],
    ['MAIL_FROM', 'a@b.example, c@d.example', 'an address, such as "Acme <no-reply@acme.example>"'],
    ['MAIL_FROM', 'A <a@b.example>, C <c@d.example>', 'an address, such as "Acme <no-reply@acme.example>"'],
    ['MAIL_FROM', 'Acme <a@b.example> x', 'an address, such as "Acme <no-reply@acme.example>"'],
    ['MAIL_FROM', 'Acme: a@b.example;', 'an address, such as "Acme <no-reply@acme.example>"'],
    ['MAIL_FROM', 'a@b.example <c@d.example>', 'an address, such as "Acme <no-reply@acme.example>"'],
    ['MAIL_FROM', 'Acme', 'an address, such as "Acme <no-reply@acme.example>"'],
    ['MAIL_FROM', 'Acme <>', 'an address, such as "Acme <no-reply@acme.example>"'],
    ['MAIL_FROM', 'müller@acme.example', 'an address, such as "Acme <no-reply@acme.example>"'],
    ['MAIL_FROM', 'a@b_c.example', 'an address, such as "Acme <no-reply@acme.example>"'],
    ['SMTP_NAME', 'acme.example:25', 'the name of this machine, such as app.acme.example'],
    ['SMTP_NAME', 'app\r\nRSET', 'the name of this machine, such as app.acme.example'],
    ['SMTP_NAME', '203.0.113.9', 'the name of this machine, such as app.acme.example'],
    ['SMTP_NAME', '[acme]', 'the name of this machine, such as app.acme.example'],
    ['SMTP_URL', 'mail.example:25', 'a URL that starts with smtp:// or smtps://'],
    ['SMTP_URL', 'http://mail.example/', 'a URL that starts with smtp:// or smtps://'],
    ['REDIS_URL', 'cache', 'a URL that starts with redis:// or rediss://'],
    ['TRUSTED_PROXIES', '10.0.0.0/33', 'addresses and subnets, such as 10.0.0.0/8,::1'],
    ['TRUSTED_PROXIES', '::ffff:10.0.0.0/8', 'addresses and subnets, such as 10.0.0.0/8,::1'],
    ['TRUSTED_PROXIES', '::1/129', 'addresses and subnets, such as 10.0.0.0/8,::1'],
    ['TRUSTED_PROXIES', '10.0.0.0/8/8', 'addresses and subnets, such as 10.0.0.0/8,::1'],
    ['TRUSTED_PROXIES', '10.0.0.0/', 'addresses and subnets, such as 10.0.0.0/8,::1'],
    ['TRUSTED_PROXIES', 'loopback', 'addresses and subnets, such as 10.0.0.0/8,::1'],
    ['REQUIRE_VERIFIED_EMAIL', 'yes', 'true or false'],
    ['CONCEAL_ACCOUNTS', 'TRUE', 'true or false'],
    ['PASSWORD_MIN_LENGTH', '7', 'a whole number from 8 to 128'],
    ['PASSWORD_MIN_LENGTH', '1e2', 'a whole number from 8 to 128'],
    ['SESSION_IDLE_DAYS', '0', 'a number above 0, at most 3650'],
    ['SESSION_IDLE_DAYS', '-1', 'a number above 0, at most 3650'],
    ['SESSION_ABSOLUTE_DAYS', 'forever', 'a number above 0, at most 3650'],
    ['THROTTLE_FACTOR', '0', 'a number above 0, at most 1000000'],
    ['THROTTLE_FACTOR', 'NaN', 'a number above 0, at most 1000000'],
    ['HASHING_MEMORY_KIB', '512', 'a whole number from 1024 to 1048576'],
    ['HASHING_PASSES', '0', 'a whole number from 1 to 16'],
    ['HASHING_LANES', '17', 'a whole number from 1 to 16'],
    ['HASHING_CONCURRENCY', '4', 'a whole number from 1 to 3'],
    ['HASHING_QUEUE', '-1', 'a whole number from 0 to 10000'],
    ['UV_THREADPOOL_SIZE', '0', 'a whole number from 1 to 1024'],
  ];

  for (const [name, value, takes] of BAD) {
    it(`refuse ${name}=${JSON.stringify(value)} in one line`, () => {
      const complaint = complaintAbout({ [name]: value });
      expect(complaint).toContain(`${name} takes ${takes}; it got ${JSON.stringify(value)}`);
      expect(complaint).not.toMatch(/[\r\n]/);
    });
  }

  it('show no secret in an error message', () => {
    for (const variables of [
      { SMTP_URL: 'http://user:hunter2hunter2@mail.example' },
      { SMTP_URL: 'user:hunter2hunter2@mail.example' },
      { SMTP_URL: 'smtp://user:hunter2hunter2@' },
      { REDIS_URL: 'http://:hunter2hunter2@cache' },
      { REDIS_URL: 'redis://:hunter2hunter2@cache:port' },
      { APP_URL: 'https://user:hunter2hunter2@acme.example' },
      { SECRET_KEY: 'hunter2hunter2' },
      { SECRET_KEY: `${KEY},hunter2hunter2` },
    ]) {
      const complaint = complaintAbout(variables);
      expect(complaint).toMatch(/^(SMTP_URL|REDIS_URL|APP_URL|SECRET_KEY) takes /);
      expect(complaint).not.toContain('hunter2');
      expect(complaint).not.toContain(KEY);
    }
  });

  it('tell all that production lacks at once', () => {
    const production = { NODE_ENV: 'production', APP_URL: 'https://acme.example', SECRET_KEY: KEY };
    expect(complaintAbout(production)).toBe('none');
    expect(complaintAbout({ ...production, SECRET_KEY: '' })).toMatch(
      /^SECRET_KEY must be set in production \(SECRET_KEY: [^;]*\)$/,
    );
    expect(complaintAbout({ NODE_ENV: 'production' })).toMatch(
      /^APP_URL, SECRET_KEY must be set in production/,
    );
    const needed = ['DATABASE_URL', 'SMTP_URL'] as const;
    expect(() => authenticationSettings({ NODE_ENV: 'production' }, { needed })).toThrow(
      /^DATABASE_URL, APP_URL, SMTP_URL, SECRET_KEY must be set in production [^\n]*$/,
    );
  });

  it('tell all wrong values at once', () => {
    expect(complaintAbout({ SMTP_URL: 'mail', PASSWORD_MIN_LENGTH: '7', CONCEAL_ACCOUNTS: 'maybe' })).toMatch(
      /^SMTP_URL takes [^;]*; it got "mail"; CONCEAL_ACCOUNTS takes [^;]*; it got "maybe"; PASSWORD_MIN_LENGTH takes [^;]*; it got "7"$/,
    );
  });

  it('run so few hashes at a time that a processor and a thread of libuv are left, if there are two', () => {
    for (const [processors, pool, concurrency] of [
      [1, 4, 1],
      [2, 4, 1],
      [3, 4, 2],
      [4, 4, 3],
      [64, 4, 3],
      [64, 16, 15],
      [8, 128, 7],
      [8, 2, 1],
      [8, 1, 1],
    ] as const) {
      expect([processors, pool, hashesAtOnce(processors, pool)]).toEqual([processors, pool, concurrency]);
    }
    for (const UV_THREADPOOL_SIZE of ['1', '4', '128']) {
      expect(authenticationSettings({ UV_THREADPOOL_SIZE }).hashing.concurrency).toBe(
        hashesAtOnce(availableParallelism(), Number(UV_THREADPOOL_SIZE)),
      );
    }
  });

  it('take the name for EHLO from APP_URL, if it is the name of a machine in a domain', () => {
    const nameWith = (variables: Variables) => authenticationSettings(variables).smtpName;
    expect(nameWith({ APP_URL: 'https://app.acme.example/x' })).toBe('app.acme.example');
    for (const APP_URL of ['http://localhost:3000', 'http://203.0.113.9', 'http://[2001:db8::1]:3000']) {
      expect([APP_URL, nameWith({ APP_URL })]).toEqual([APP_URL, null]);
    }
    for (const [given, taken] of [
      ['Mail.Acme.Example', 'mail.acme.example'],
      ['bücher.example', 'xn--bcher-kva.example'],
      ['mailer', 'mailer'],
      ['[203.0.113.9]', '[203.0.113.9]'],
      ['[2001:db8::1]', '[IPv6:2001:db8::1]'],
    ] as const) {
      expect(nameWith({ SMTP_NAME: given, APP_URL: 'https://app.acme.example' })).toBe(taken);
    }
  });

  it('make a valid sender from any name', () => {
    const { mailFrom } = authenticationSettings({ APP_NAME: 'Acme, "Inc" <x@y.example>' });
    expect(mailFrom).toBe('Acme Inc xy.example <no-reply@localhost>');
  });
});
