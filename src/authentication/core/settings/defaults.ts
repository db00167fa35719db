/**
 * The default of each environment variable. Change a default only here: the settings, the README's table and the env
 * example use these values. A variable that is not listed has no default, or one that depends on other variables.
 */
export const DEFAULTS = {
  APP_NAME: 'Authentication Zero',
  /** used when the host does not give its own URL */
  APP_URL: 'http://127.0.0.1:3000',
  REQUIRE_VERIFIED_EMAIL: false,
  CONCEAL_ACCOUNTS: false,
  PASSWORD_MIN_LENGTH: 15,
  SESSION_IDLE_DAYS: 14,
  SESSION_ABSOLUTE_DAYS: 90,
  THROTTLE_FACTOR: 1,
  // OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes and one lane.
  HASHING_MEMORY_KIB: 19_456,
  HASHING_PASSES: 2,
  HASHING_LANES: 1,
  HASHING_QUEUE: 64,
  /** the default of Node.js */
  UV_THREADPOOL_SIZE: 4,
} as const;
