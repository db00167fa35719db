import { DEFAULTS } from '../../src/authentication/core/settings/defaults.js';
import { HOST_DEFAULTS } from '../../src/config/defaults.js';
import { PARTS } from '../../src/config/parts.js';
import { serverSettings } from '../../src/config/settings.js';
import { VARIABLES } from '../../src/config/variables.js';

/** Set, because the settings would otherwise create a key file. */
const SECRET_KEY = Buffer.alloc(32, 7).toString('base64');

/** Their defaults follow from other settings, and the table only describes them. */
const DERIVED = ['APP_URL', 'MAIL_FROM', 'SECRET_KEY', 'SMTP_NAME', 'UV_THREADPOOL_SIZE', ...pages()];

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
    const refused = PARTS.mail === undefined ? /^SMTP_URL must be set when HOST is not a loopback/ : /^$/;
    for (const host of ['0.0.0.0', '::', '192.0.2.1', '127.mail.example', '::127.0.0.1']) {
      expect(refusal(host)).toMatch(refused);
    }
  });
});
