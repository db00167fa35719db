import { isIP } from 'node:net';
import { isLoopback } from '../authentication/core/clients/address.js';
import {
  authenticationSettings,
  isProduction,
  type AuthenticationSettings,
} from '../authentication/core/settings/authentication.settings.js';
import { Environment, SettingError, SettingFaults } from '../authentication/core/settings/environment.js';
import { corsHeaders, corsOrigins } from './cors.js';
import { HOST_DEFAULTS } from './defaults.js';
import { HTTP_ADAPTERS, type HttpAdapterName } from './http-adapters.js';
import { PARTS } from './parts.js';
import { keptSecretKey } from './secret-key.js';
import { VARIABLES } from './variables.js';

export type { HttpAdapterName } from './http-adapters.js';

/** The settings of the server. Those of the authentication are in `authentication`. */
export interface ServerSettings {
  host: string;
  port: number;
  /** where /metrics is; null: nowhere, and nothing is counted */
  metrics: { readonly host: string; readonly port: number } | null;
  databaseUrl: string;
  databasePoolSize: number;
  corsOrigins: readonly string[];
  /** further request headers that pages of these origins may send */
  corsHeaders: readonly string[];
  httpAdapter: HttpAdapterName;
  logLevel: string;
  /** how long requests are still answered after readiness has begun to fail */
  drainSeconds: number;
  /** how long stopping may take in all */
  stopSeconds: number;
  authentication: AuthenticationSettings;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** @throws SettingError for all that is missing or wrong, in one line */
export function serverSettings(values: Readonly<Record<string, string | undefined>>): ServerSettings {
  const known = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, values[name]]));
  const environment = new Environment(known);
  const faults = new SettingFaults();
  const host = environment.text('HOST', HOST_DEFAULTS.HOST);
  const port = faults.try(() =>
    environment.whole('PORT', { min: 0, max: 65_535, fallback: HOST_DEFAULTS.PORT }),
  );
  const authentication = faults.try(() =>
    authenticationSettings(known, {
      appUrl: `http://${isIP(host) === 6 ? `[${host}]` : host}:${port > 0 ? port : HOST_DEFAULTS.PORT}`,
      secretKey: () => keptSecretKey('.data/secret-key'),
      needed: PARTS.mail === undefined ? ['DATABASE_URL', 'SMTP_URL'] : ['DATABASE_URL'],
    }),
  );
  refuseOpenHost(environment, faults, host);
  const settings: ServerSettings = {
    host,
    port,
    metrics: faults.try(() => metricsAddress(environment, port)),
    databaseUrl: faults.try(() => databaseUrl(environment)),
    databasePoolSize: faults.try(() =>
      environment.whole('DATABASE_POOL_SIZE', {
        min: 1,
        max: 500,
        fallback: HOST_DEFAULTS.DATABASE_POOL_SIZE,
      }),
    ),
    corsOrigins: faults.try(() => corsOrigins(environment)),
    corsHeaders: faults.try(() => corsHeaders(environment)),
    httpAdapter: faults.try(() =>
      environment.oneOf('HTTP_ADAPTER', HTTP_ADAPTERS, HOST_DEFAULTS.HTTP_ADAPTER),
    ),
    logLevel: faults.try(() => environment.oneOf('LOG_LEVEL', LOG_LEVELS, HOST_DEFAULTS.LOG_LEVEL)),
    ...faults.try(() => stopping(environment)),
    authentication,
  };
  faults.throwIfAny();
  return settings;
}

/** Closing connections, mails and database needs a moment after the last request. */
const CLOSING_SECONDS = 2;

function stopping(environment: Environment): Pick<ServerSettings, 'drainSeconds' | 'stopSeconds'> {
  const range = { min: 0, max: 3600 };
  const drainSeconds = environment.whole('DRAIN_SECONDS', {
    ...range,
    fallback: HOST_DEFAULTS.DRAIN_SECONDS,
  });
  const stopSeconds = environment.whole('STOP_SECONDS', { ...range, fallback: HOST_DEFAULTS.STOP_SECONDS });
  if (stopSeconds >= drainSeconds + CLOSING_SECONDS) return { drainSeconds, stopSeconds };
  throw new SettingError(
    `STOP_SECONDS takes ${drainSeconds + CLOSING_SECONDS} or more, ${CLOSING_SECONDS} more than DRAIN_SECONDS; ` +
      `it is ${stopSeconds}`,
  );
}

/** @throws SettingError */
function metricsAddress(environment: Environment, publicPort: number): ServerSettings['metrics'] {
  const host = environment.text('METRICS_HOST', HOST_DEFAULTS.METRICS_HOST);
  const given = environment.optional('METRICS_PORT');
  if (given === null) return null;
  const port = environment.whole('METRICS_PORT', { min: 0, max: 65_535, fallback: 0 });
  if (port !== 0 && port === publicPort)
    throw environment.refuse('METRICS_PORT', given, 'another port than PORT');
  return { host, port };
}

/** @throws SettingError */
export function databaseUrl(environment: Environment): string {
  const value = environment.text('DATABASE_URL', HOST_DEFAULTS.DATABASE_URL);
  if (/^pglite:./.test(value)) return value;
  if (/%(?![\da-f]{2})/i.test(value)) {
    throw environment.refuseSecret('DATABASE_URL', 'a URL in which % is written as %25, as in a password');
  }
  if (/^postgres(ql)?:\/\//.test(value) && URL.canParse(value)) return value;
  throw environment.refuseSecret(
    'DATABASE_URL',
    'postgres://… for a Postgres server, or pglite:DIR or pglite:memory for the embedded database',
  );
}

const EVERY_ADDRESS = ['0.0.0.0', '::'];

/**
 * Without SMTP all mails, with their secrets, are shown on a page. Only this machine may reach that page. And no link
 * leads to an address that stands for every address.
 */
function refuseOpenHost(environment: Environment, faults: SettingFaults, host: string): void {
  // In production both are wanted anyway.
  if (isProduction(environment) || host === 'localhost' || isLoopback(host)) return;
  const shown = JSON.stringify(host);
  if (EVERY_ADDRESS.includes(host) && environment.optional('APP_URL') === null) {
    faults.note(`APP_URL must be set when HOST is ${shown}: the address at which users reach the server`);
  }
  if (environment.optional('SMTP_URL') === null && PARTS.mail === undefined) {
    faults.note(`SMTP_URL must be set when HOST is not a loopback address; HOST is ${shown}`);
  }
}
