import type { ClientConfig } from 'pg';
import type { DatabaseConnection } from '../../core/database/data-source.js';
import { serverAddress } from '../../core/database/server-address.js';
import { SettingError, type Environment } from '../../core/settings/environment.js';

/** The settings of the cache, from the variables SESSION_CACHE and SESSION_CACHE_…. */
export interface SessionCacheSettings {
  readonly isOn: boolean;
  /** rows, at most */
  readonly entries: number;
  /** how long a row is kept, at most */
  readonly seconds: number;
  /** how long the process relies on what it has heard */
  readonly leaseSeconds: number;
  /** a direct connection to the server; null: the way of the pool is one */
  readonly address: ClientConfig | null;
}

export const URL_VARIABLE = 'SESSION_CACHE_URL';

/** @throws SettingError */
export function sessionCacheSettings(environment: Environment): SessionCacheSettings {
  const url = environment.optional(URL_VARIABLE);
  return {
    isOn: environment.flag('SESSION_CACHE', false),
    entries: environment.whole('SESSION_CACHE_ENTRIES', { min: 1, max: 10_000_000, fallback: 10_000 }),
    seconds: environment.whole('SESSION_CACHE_SECONDS', { min: 1, max: 60, fallback: 60 }),
    leaseSeconds: environment.whole('SESSION_CACHE_LEASE_SECONDS', { min: 2, max: 60, fallback: 3 }),
    address: url === null ? null : serverAddress(url, URL_VARIABLE),
  };
}

/** Whether the cache is on. @throws SettingError with the embedded database, which has one connection */
export function isOnFor(environment: Environment, connection: DatabaseConnection): boolean {
  // All of them are read, so that a wrong one is told before the database is opened.
  const { isOn } = sessionCacheSettings(environment);
  if (isOn && 'extra' in connection) throw refusedEmbedded();
  return isOn;
}

export const refusedEmbedded = (): SettingError =>
  new SettingError(
    'SESSION_CACHE needs a Postgres server (DATABASE_URL=postgres://…): the embedded database has one connection. ' +
      'Set SESSION_CACHE=false',
  );
