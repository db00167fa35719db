import { types } from 'node:util';
import { SCHEMA } from './data-source.js';

/**
 * SQLSTATE classes that mean "try later": connection, refused sign-in, missing database, rollback (deadlock),
 * resources, operator intervention, system error.
 */
const UNAVAILABLE_CLASSES = ['08', '28', '3D', '40', '53', '57', '58'];
const NETWORK_CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'EAI_AGAIN',
  'ENOENT',
];
const NETWORK_MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|Connection ended|Query read timeout|not queryable|pool after calling end|query runner (?:was )?already released/i;
const UNIQUE_VIOLATION = '23505';
/** A foreign key fails with the first; from Postgres 18 on, one with ON DELETE RESTRICT fails with the second. */
const FOREIGN_KEY_VIOLATIONS = ['23503', '23001'];

interface DriverError {
  code?: unknown;
  schema?: unknown;
  constraint?: unknown;
  message?: string;
  syscall?: unknown;
}

function driverErrorOf(error: unknown): DriverError | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  return (error as { driverError?: DriverError }).driverError ?? error;
}

/** Whether the database cannot be reached, as opposed to a wrong statement. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  const failure = driverErrorOf(error);
  const code = typeof failure?.code === 'string' ? failure.code : '';
  if (NETWORK_CODES.includes(code)) return failure?.syscall !== 'open';
  if (/^[0-9A-Z]{5}$/.test(code)) return UNAVAILABLE_CLASSES.includes(code.slice(0, 2));
  return NETWORK_MESSAGES.test(failure?.message ?? '');
}

/**
 * Whether a row of ours could not be deleted because a table of the host refers to it. An insert or update that refers
 * to a missing row has the same code, so the statement is checked. A deferred foreign key fails at COMMIT.
 */
export function isStillReferenced(error: unknown): boolean {
  const { code, schema } = driverErrorOf(error) ?? {};
  const { query } = (error ?? {}) as { query?: unknown };
  return (
    typeof code === 'string' &&
    FOREIGN_KEY_VIOLATIONS.includes(code) &&
    schema !== SCHEMA &&
    !/^\s*(?:insert|update)\b/i.test(typeof query === 'string' ? query : '')
  );
}

/** Whether a row violates the unique constraint of that name. */
export function breaksUnique(error: unknown, constraint: string): boolean {
  const failure = driverErrorOf(error);
  return failure?.code === UNIQUE_VIOLATION && failure.constraint === constraint;
}
