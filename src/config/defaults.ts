import { HTTP_ADAPTERS } from './http-adapters.js';

/** Defaults of the server's own variables. `DEFAULTS` in src/authentication has those of the authentication. */
export const HOST_DEFAULTS = {
  HOST: '127.0.0.1',
  PORT: 3000,
  METRICS_HOST: '127.0.0.1',
  DATABASE_URL: 'pglite:.data/postgres',
  DATABASE_POOL_SIZE: 10,
  HTTP_ADAPTER: HTTP_ADAPTERS[0],
  LOG_LEVEL: 'info',
  DRAIN_SECONDS: 1,
  /** below the 10 seconds that Docker waits before it kills */
  STOP_SECONDS: 9,
} as const;
