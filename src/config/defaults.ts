import { HTTP_ADAPTERS } from './http-adapters.js';

/** What a variable of the server itself counts as when it is unset. `DEFAULTS` of the authentication has the others. */
export const HOST_DEFAULTS = {
  HOST: '127.0.0.1',
  PORT: 3000,
  DATABASE_URL: 'pglite:.data/postgres',
  DATABASE_POOL_SIZE: 10,
  HTTP_ADAPTER: HTTP_ADAPTERS[0],
  LOG_LEVEL: 'info',
  DRAIN_SECONDS: 1,
} as const;
