import { DEFAULTS } from '../../src/authentication/core/settings/defaults.js';
import { HOST_DEFAULTS } from '../../src/config/defaults.js';
import { serverSettings } from '../../src/config/settings.js';
import { VARIABLES } from '../../src/config/variables.js';

/** Set, because the settings would otherwise create a key file. */
const SECRET_KEY = Buffer.alloc(32, 7).toString('base64');

/** Their defaults follow from other settings, and the table only describes them. */
const DERIVED = ['APP_URL', 'MAIL_FROM', 'SECRET_KEY', 'UV_THREADPOOL_SIZE', ...pages()];

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
