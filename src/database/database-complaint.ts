import { types } from 'node:util';
import { NETWORK_CODES } from '../authentication/core/database/database-failure.js';

/** What failed in the driver, which TypeORM wraps. */
interface Failure {
  code?: string;
  syscall?: string;
  address?: string;
  message: string;
}

interface Known {
  /** SQLSTATE, its class, or a code of Node */
  readonly code?: RegExp;
  readonly message?: RegExp;
  readonly says: (failure: Failure) => string;
}

/** The first that fits. */
const KNOWN: readonly Known[] = [
  {
    code: /^(?:ENOENT|EACCES)$/,
    says: ({ code, address }) =>
      `has no socket at ${address ?? 'its path'} (${code ?? ''}): check that it runs and that the directory is right`,
  },
  {
    message: /connection timeout|timeout exp|timeout exceeded|does not answer|Query read timeout/i,
    says: () => 'does not answer: check that a Postgres server, and nothing else, listens at that address',
  },
  {
    code: new RegExp(`^(?:${NETWORK_CODES.join('|')})$`),
    says: ({ code }) => `cannot be reached (${code ?? ''}): check that it runs and that the address is right`,
  },
  {
    message: /does not support SSL|establishing an SSL/,
    says: () => 'has no TLS, but the URL asks for it: set sslmode=disable, or switch TLS on in the server',
  },
  {
    code: /CERT|^ERR_TLS|^ERR_SSL|^EPROTO$|^UNABLE_TO_/,
    says: ({ code, message }) =>
      `has a certificate that is not accepted (${code ?? ''}: ${message}): give its authority with sslrootcert=FILE, ` +
      'or use the host name that the certificate has',
  },
  {
    message: /SASL|SCRAM/,
    says: () => 'wants a password, and the URL has none or one that cannot be used',
  },
  { code: /^(?:28|3D)/, says: ({ message }) => `refused the connection: ${message}` },
  {
    code: /^53/,
    says: ({ message }) =>
      `has no room for another connection (${message}): set a smaller DATABASE_POOL_SIZE, or stop other clients`,
  },
  { code: /^57P0[123]$/, says: ({ message }) => `is not ready (${message}): start again in a moment` },
  {
    code: /^25006$/,
    says: () =>
      'is read-only: it is a standby, or default_transaction_read_only is on for the database or the role',
  },
  {
    code: /^42501$/,
    says: ({ message }) =>
      `does not let this role do what the start needs (${message}): run the migrations with a role that may, ` +
      'and grant this one the use of both schemas and their tables',
  },
  { code: /^(?:08|55P03|57014|25P03)/, says: ({ message }) => `ended the start: ${message}` },
  {
    message: /Connection (?:terminated|ended)|received invalid response|Received unexpected/i,
    says: ({ message }) =>
      `ended the connection (${message}): check that a Postgres server listens at that address`,
  },
];

/** One line about a database that the server cannot start with, or null for another error. It never shows the URL. */
export function databaseComplaint(error: unknown): string | null {
  if (!types.isNativeError(error)) return null;
  const failure = ((error as { driverError?: Failure }).driverError ?? error) as Failure;
  if (failure.syscall === 'listen' || failure.syscall === 'open') return null;
  const { code = '', message } = failure;
  const known = KNOWN.find((one) => one.code?.test(code) === true || one.message?.test(message) === true);
  if (known === undefined) return null;
  const said = known.says({ ...failure, code, message: message.split('\n', 1)[0] ?? '' });
  return `The database at DATABASE_URL ${said}`;
}
