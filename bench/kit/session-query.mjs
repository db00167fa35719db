import { createHash } from 'node:crypto';
import pg from 'pg';
import { AuthenticationModule } from '../../dist/authentication/authentication.module.js';
import { SessionStatement } from '../../dist/authentication/sessions/session-lookup.js';
import { ROOT_REALM_ID } from '../../dist/authentication/core/realms/realm.js';

const DAY = 86_400;

/** The statement of our guard on a pool of pg, and nothing else. @returns a function from a token to the row */
export async function sessionQuery(url) {
  const dataSource = await AuthenticationModule.dataSource({ url }).initialize();
  const { statement } = new SessionStatement(dataSource);
  await dataSource.destroy();
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  return async (token) => {
    const digest = createHash('sha256').update(token).digest();
    const { rows } = await pool.query({
      ...statement,
      values: [digest, ROOT_REALM_ID, 14 * DAY, 90 * DAY],
      rowMode: 'array',
    });
    return rows[0];
  };
}
