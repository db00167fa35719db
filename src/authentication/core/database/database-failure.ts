import { types } from 'node:util';
import { SCHEMA } from './data-source.js';

/** Postgres' classes of "try later": connection or database gone, deadlock, resources, operator intervention, system error. */
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
/** A foreign key refuses: NO ACTION with the first, ON DELETE RESTRICT with the second from Postgres 18 on. */
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

/** Whether the database is out of reach (and not: the statement is wrong). */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  const failure = driverErrorOf(error);
  const code = typeof failure?.code === 'string' ? failure.code : '';
  if (NETWORK_CODES.includes(code)) return failure?.syscall !== 'open';
  if (/^[0-9A-Z]{5}$/.test(code)) return UNAVAILABLE_CLASSES.includes(code.slice(0, 2));
  return NETWORK_MESSAGES.test(failure?.message ?? '');
}

/**
 * Whether a deletion of a row of ours fails because a table of the host's points at it. An insert that points at nothing
 * fails with the same code; and a foreign key that is deferred fails at the commit.
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

/** Whether a row breaks the unique index of that name. */
export function breaksUnique(error: unknown, constraint: string): boolean {
  const failure = driverErrorOf(error);
  return failure?.code === UNIQUE_VIOLATION && failure.constraint === constraint;
}
