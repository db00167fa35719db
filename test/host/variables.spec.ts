import { DEFAULTS } from '../../src/authentication/core/settings/defaults.js';
import { HOST_DEFAULTS } from '../../src/config/defaults.js';
import { PARTS } from '../../src/config/parts.js';
import { serverSettings } from '../../src/config/settings.js';
import { VARIABLES } from '../../src/config/variables.js';

/** Set, because the settings would otherwise create a key file. */
const SECRET_KEY = Buffer.alloc(32, 7).toString('base64');

/** Their defaults follow from other settings, and the table only describes them. */
const DERIVED = [
  'APP_URL',
  'HASHING_CONCURRENCY',
  'MAIL_FROM',
  'SECRET_KEY',
  'SMTP_NAME',
  'UV_THREADPOOL_SIZE',
  ...pages(),
];

function pages(): string[] {
  return Object.keys(VARIABLES).filter((name) => VARIABLES[name]!.fallback.startsWith('APP_URL/'));
}

/** The settings without what `toEqual` cannot compare. */
function settingsWith(variables: Record<string, string>): unknown {
  const { authentication, ...host } = serverSettings({ SECRET_KEY, ...variables });
  return { ...host, authentication: { ...authentication, environment: undefined } };
}

describe('the environment variables', () => {
  it('name the defaults that the server has', () => {
    const told = Object.entries(VARIABLES).filter(
      ([name, { fallback }]) => fallback !== '' && !DERIVED.includes(name),
    );
    expect(told.length).toBeGreaterThan(15);
    for (const [name, { fallback }] of told) {
      expect([name, settingsWith({ [name]: fallback })]).toEqual([name, settingsWith({})]);
    }
  });

  it('take their defaults from the tables that the settings use', () => {
    for (const [name, value] of Object.entries({ ...DEFAULTS, ...HOST_DEFAULTS })) {
      if (name === 'APP_URL') continue;
      expect([name, VARIABLES[name]?.fallback]).toEqual([name, String(value)]);
    }
  });
});

describe('HOST, without SMTP_URL', () => {
  const refusal = (host: string): string => {
    try {
      settingsWith({ HOST: host });
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('takes a loopback address', () => {
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '::1'])
      expect([host, refusal(host)]).toEqual([host, '']);
  });

  it('refuses any other, and a name that only begins like one', () => {
    // A transport of the owner's own needs no SMTP_URL.
    const refused =
      PARTS.mail === undefined ? /(^|; )SMTP_URL must be set when HOST is not a loopback/ : /^(?!.*SMTP_URL)/;
    for (const host of ['0.0.0.0', '::', '192.0.2.1', '127.mail.example', '::127.0.0.1']) {
      expect(refusal(host)).toMatch(refused);
    }
  });
});

describe('APP_URL', () => {
  const refusal = (variables: Record<string, string>): string => {
    try {
      settingsWith({ SMTP_URL: 'smtp://mail.example', ...variables });
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('is needed when HOST stands for every address: no link leads there', () => {
    for (const HOST of ['0.0.0.0', '::']) {
      expect(refusal({ HOST })).toBe(
        `APP_URL must be set when HOST is "${HOST}": the address at which users reach the server`,
      );
      expect(refusal({ HOST, APP_URL: 'https://app.example' })).toBe('');
    }
    expect(refusal({ HOST: '192.0.2.1' })).toBe('');
  });
});

describe('CORS_ORIGINS and CORS_HEADERS', () => {
  const originsOf = (value: string): readonly string[] =>
    serverSettings({ SECRET_KEY, CORS_ORIGINS: value }).corsOrigins;

  it('take the origins of pages and applications', () => {
    for (const origin of [
      'https://app.example',
      'http://localhost:5173',
      'capacitor://localhost',
      'ionic://localhost',
      'tauri://localhost',
      'app://-',
      'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
      'moz-extension://7f1c3b1e-1d2c-4f5a-9b8e-0a1b2c3d4e5f',
    ]) {
      expect(originsOf(`${origin}, ${origin}/`)).toEqual([origin, origin]);
    }
  });

  it('refuse what is none', () => {
    for (const entry of [
      'null',
      '*',
      'https://*.app.example',
      'capacitor://*',
      'https://app.example/path',
      'capacitor://localhost/path',
      'capacitor://user@localhost',
      'capacitor:localhost',
      'capacitor://',
      'file:///app',
      'app.example',
    ]) {
      expect(() => originsOf(entry)).toThrow(/^CORS_ORIGINS takes /);
    }
    for (const CORS_HEADERS of ['*', 'two words', 'a:b']) {
      expect(() => settingsWith({ CORS_HEADERS })).toThrow(/^CORS_HEADERS takes /);
    }
  });
});

describe('STOP_SECONDS', () => {
  it('has room for DRAIN_SECONDS and for closing', () => {
    expect(() => settingsWith({ DRAIN_SECONDS: '8' })).toThrow(
      /^STOP_SECONDS takes 10 or more, 2 more than DRAIN_SECONDS; it is 9$/,
    );
    expect(settingsWith({ DRAIN_SECONDS: '20', STOP_SECONDS: '25' })).toMatchObject({ stopSeconds: 25 });
  });
});
