import { SettingError } from '../settings/environment.js';
import { sqlStateOf } from './database-failure.js';

const INSUFFICIENT_PRIVILEGE = '42501';

/** A data source or a query runner. */
interface Asked {
  query(text: string, values?: unknown[]): Promise<unknown>;
}

/**
 * Creates a schema of ours. It looks first: a role that may not create a schema may not create one "if not exists" either,
 * and an administrator may have created it.
 * @throws SettingError that tells what the administrator runs
 */
export async function ensureSchema(database: Asked, schema: string): Promise<void> {
  const found = (await database.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [
    schema,
  ])) as unknown[];
  if (found.length > 0) return;
  try {
    await database.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  } catch (error) {
    if (sqlStateOf(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    const [row] = (await database.query('SELECT quote_ident(current_user) AS role')) as { role: string }[];
    const statements = ['authentication', 'authentication_jobs'].map(
      (name) => `CREATE SCHEMA IF NOT EXISTS ${name} AUTHORIZATION ${row?.role ?? 'ROLE'};`,
    );
    throw new SettingError(
      `database: the role ${row?.role ?? ''} may not create schemas. An administrator runs: ${statements.join(' ')}`,
    );
  }
}
