import { isIP } from 'node:net';
import { isLoopback } from '../authentication/core/clients/address.js';
import { serverAddress } from '../authentication/core/database/server-address.js';
import { assertMailsLeave } from '../authentication/core/mail/mail-transport.js';
import {
  authenticationSettings,
  type AuthenticationSettings,
} from '../authentication/core/settings/authentication.settings.js';
import { Environment, SettingError } from '../authentication/core/settings/environment.js';
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
  databaseUrl: string;
  databasePoolSize: number;
  databasePooler: DatabasePooler;
  corsOrigins: readonly string[];
  httpAdapter: HttpAdapterName;
  logLevel: string;
  /** how long requests are still answered after readiness has begun to fail */
  drainSeconds: number;
  authentication: AuthenticationSettings;
}

const POOLERS = ['session', 'transaction'] as const;

export type DatabasePooler = (typeof POOLERS)[number];

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** @throws SettingError */
export function serverSettings(values: Readonly<Record<string, string | undefined>>): ServerSettings {
  const known = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, values[name]]));
  const environment = new Environment(known);
  const host = environment.text('HOST', HOST_DEFAULTS.HOST);
  const port = environment.whole('PORT', { min: 0, max: 65_535, fallback: HOST_DEFAULTS.PORT });
  const authentication = authenticationSettings(known, {
    appUrl: `http://${isIP(host) === 6 ? `[${host}]` : host}:${port === 0 ? HOST_DEFAULTS.PORT : port}`,
    secretKey: () => keptSecretKey('.data/secret-key'),
  });
  refuseOpenMailbox(authentication, host);
  return {
    host,
    port,
    databaseUrl: databaseUrl(environment),
    databasePoolSize: environment.whole('DATABASE_POOL_SIZE', {
      min: 1,
      max: 500,
      fallback: HOST_DEFAULTS.DATABASE_POOL_SIZE,
    }),
    databasePooler: databasePooler(environment),
    corsOrigins: origins(environment),
    httpAdapter: environment.oneOf('HTTP_ADAPTER', HTTP_ADAPTERS, HOST_DEFAULTS.HTTP_ADAPTER),
    logLevel: environment.oneOf('LOG_LEVEL', LOG_LEVELS, HOST_DEFAULTS.LOG_LEVEL),
    drainSeconds: environment.whole('DRAIN_SECONDS', {
      min: 0,
      max: 300,
      fallback: HOST_DEFAULTS.DRAIN_SECONDS,
    }),
    authentication,
  };
}

/** @throws SettingError */
export function databaseUrl(environment: Environment): string {
  const value = environment.text('DATABASE_URL', HOST_DEFAULTS.DATABASE_URL);
  if (/^pglite:./.test(value)) return value;
  if (/^postgres(ql)?:\/\//.test(value)) {
    serverAddress(value, 'DATABASE_URL');
    return value;
  }
  throw environment.refuseSecret(
    'DATABASE_URL',
    'postgres://… for a Postgres server, or pglite:DIR or pglite:memory for the embedded database',
  );
}

/** @throws SettingError */
export function databasePooler(environment: Environment): DatabasePooler {
  return environment.oneOf('DATABASE_POOLER', POOLERS, HOST_DEFAULTS.DATABASE_POOLER);
}

function origins(environment: Environment): string[] {
  return environment.list('CORS_ORIGINS').map((entry) => {
    if (!URL.canParse(entry) || new URL(entry).origin !== entry.replace(/\/$/, '')) {
      throw environment.refuse(
        'CORS_ORIGINS',
        entry,
        'a comma-separated list of origins such as https://app.example',
      );
    }
    return new URL(entry).origin;
  });
}

/** Without SMTP all mails, with their secrets, are shown on a page. Only this machine may reach that page. */
function refuseOpenMailbox(settings: AuthenticationSettings, host: string): void {
  assertMailsLeave(settings, PARTS.mail ?? null);
  const isLocal = host === 'localhost' || isLoopback(host);
  if (isLocal || settings.smtpUrl !== null || PARTS.mail !== undefined) return;
  throw new SettingError(
    `SMTP_URL must be set when HOST is not a loopback address; HOST is ${JSON.stringify(host)}`,
  );
}
