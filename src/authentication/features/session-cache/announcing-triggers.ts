import type { Database, Statement } from '../../core/database/database.js';
import { SettingError } from '../../core/settings/environment.js';
import { AnnounceSessionChanges1795002000000 } from './migrations/1795002000000-announce-session-changes.js';

/** Of both tables: UPDATE, DELETE and TRUNCATE. */
const TRIGGERS = 6;
const COUNT_TRIGGERS: Statement = {
  name: 'authentication_count_announcing_triggers_1',
  text: `SELECT count(*)::int AS count FROM pg_trigger WHERE tgname LIKE 'announce\\_%' AND tgenabled = 'A'
    AND tgrelid IN (to_regclass('authentication.sessions'), to_regclass('authentication.users'))`,
};

/** @throws SettingError if changes would not be announced */
export async function assertTriggers(database: Pick<Database, 'run'>): Promise<void> {
  const [row] = await database.run<{ count: number }>(COUNT_TRIGGERS, []);
  if (row?.count !== TRIGGERS) throw withoutTriggers();
}

function withoutTriggers(): SettingError {
  return new SettingError(
    'SESSION_CACHE needs its triggers on authentication.sessions and authentication.users, which are missing or ' +
      `disabled. Run DELETE FROM authentication.migrations WHERE name = '${AnnounceSessionChanges1795002000000.name}' ` +
      'and start again, or set SESSION_CACHE=false',
  );
}
