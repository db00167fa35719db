import { types } from 'node:util';
import { SCHEMA } from './data-source.js';

/**
 * SQLSTATE classes that mean "try later": connection, read-only or ended transaction, refused sign-in, missing database,
 * rollback (deadlock), resources, operator intervention, system error.
 */
const UNAVAILABLE_CLASSES = ['08', '25', '28', '3D', '40', '53', '57', '58'];
/** Another transaction holds the lock of a row for too long. */
const LOCK_NOT_AVAILABLE = '55P03';
/** Codes of Node.js for a server that cannot be reached, or is not reached any more. */
export const NETWORK_CODES: readonly string[] = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOENT',
];
const NETWORK_MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|Connection ended|Query read timeout|not queryable|pool after calling end|query runner (?:was )?already released/i;
const LOST_CODES = ['ECONNRESET', 'EPIPE', '57P01'];
const LOST_MESSAGES = /Connection terminated unexpectedly|not queryable/i;
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

/** The code of the database or of the network; empty without one. */
export function sqlStateOf(error: unknown): string {
  const code = driverErrorOf(error)?.code;
  return typeof code === 'string' ? code : '';
}

/** Whether the database cannot be reached, cannot be written to or is out of patience, as opposed to a wrong statement. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  const failure = driverErrorOf(error);
  const code = sqlStateOf(error);
  if (code === LOCK_NOT_AVAILABLE) return true;
  if (NETWORK_CODES.includes(code)) return failure?.syscall !== 'open';
  if (/^[0-9A-Z]{5}$/.test(code)) return UNAVAILABLE_CLASSES.includes(code.slice(0, 2));
  return NETWORK_MESSAGES.test(failure?.message ?? '');
}

/** Whether the connection broke, as opposed to one that could not be made. */
export function isConnectionLost(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  const { message = '' } = driverErrorOf(error) ?? {};
  return LOST_CODES.includes(sqlStateOf(error)) || LOST_MESSAGES.test(message);
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
