/** Milliseconds. A request whose row another transaction has locked for longer is answered 503. */
const LOCK_TIMEOUT_MS = 2000;
/** Every statement of a request finds its rows by an index: one that takes longer is of a database in trouble. */
const STATEMENT_TIMEOUT_MS = 4000;
/** After this time the server ends the transaction of a process that is stuck, and frees its locks. */
const IDLE_IN_TRANSACTION_MS = 5000;
/** For the upkeep of the mail queue. */
const PATIENT_TIMEOUT_MS = 60_000;

type Settings = Readonly<Record<string, string>>;

/** What our code relies on. An owner can set each of these for the database or the role, so each is set here. */
const FORMS: Settings = {
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
};

const LIMITS: Settings = {
  statement_timeout: String(STATEMENT_TIMEOUT_MS),
  lock_timeout: String(LOCK_TIMEOUT_MS),
  idle_in_transaction_session_timeout: String(IDLE_IN_TRANSACTION_MS),
};

const NO_LIMITS: Settings = {
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
};

const setAll = (settings: Settings, local = false): string =>
  `SELECT ${Object.entries(settings)
    .map(([name, value]) => `set_config('${name}', '${value}', ${local})`)
    .join(', ')}`;

/** For a connection that is ours alone. Rows are read and written as READ COMMITTED shows them. */
const OWN: Settings = { ...FORMS, default_transaction_isolation: 'read committed' };

export const SET_SESSION = `${setAll({ ...OWN, ...LIMITS })}, pg_backend_pid() AS pid`;
export const SET_SESSION_WITHOUT_LIMITS = `${setAll({ ...OWN, ...NO_LIMITS })}, pg_backend_pid() AS pid`;
export const SET_PATIENT_LIMITS = setAll({ ...NO_LIMITS, statement_timeout: String(PATIENT_TIMEOUT_MS) });

/** These three are settings that PgBouncer keeps for each of its clients, whichever connection it gives them. */
export const SET_KEPT_BY_POOLERS = ['DateStyle', 'TimeZone', 'standard_conforming_strings']
  .map((name) => `SET ${name} = '${FORMS[name] ?? ''}'`)
  .join('; ');

/** The first statement of a transaction on a connection that is the host's, and keeps its settings. */
export const READ_COMMITTED = 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED';

/** The same on a pooler's connection, which other clients use after the transaction. */
export const SET_TRANSACTION = `${READ_COMMITTED}; ${setAll({ ...FORMS, ...LIMITS }, true)}`;

/** The same for a transaction that only holds a lock while another connection works. */
export const SET_WAITING_TRANSACTION = setAll(NO_LIMITS, true);
