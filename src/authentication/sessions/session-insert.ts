import type { DataSource, EntityManager, EntityMetadata } from 'typeorm';
import { EntityColumns } from '../core/database/entity-columns.js';
import { isLiveSession, limitsOf } from '../core/sessions/live-sessions.js';
import { Session, type SessionLimits } from '../core/sessions/session.entity.js';

/** The live sessions that a user may have. One more ends the oldest. */
const MAX_SESSIONS = 100;

/** Those that stay beside the new one, which this part of the statement does not see. */
const ENDED = `DELETE FROM authentication.sessions s WHERE s.user_id = $1 AND s.id NOT IN (
  SELECT l.id FROM authentication.sessions l WHERE l.user_id = $1 AND ${isLiveSession('l', 2)}
  ORDER BY l.id DESC LIMIT ${MAX_SESSIONS - 1})`;
const FIRST_VALUE = 4;

/**
 * Stores a new session and ends those that its user has too many of, in one statement. `save` of TypeORM took a third
 * of the CPU time that a sign-in needs besides the hash. Call it with the user's row locked: then no other sign-in of
 * the user runs between.
 *
 * The columns come from the entity, so one that you add to `Session` is stored without further changes. Listeners and
 * subscribers of TypeORM are not called.
 */
export class SessionInsert {
  private readonly stored: EntityMetadata['columns'];
  private readonly columns: EntityColumns<Session>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly limits: SessionLimits,
  ) {
    this.stored = dataSource.getMetadata(Session).columns.filter(({ isInsert }) => isInsert);
    this.columns = new EntityColumns(dataSource, Session, 's');
  }

  /** A column without a value gets its default. @returns the session as it is stored */
  async run(session: Session, manager: EntityManager): Promise<Session> {
    const stored = this.stored.filter((column) => column.getEntityValue(session) !== undefined);
    const names = stored.map(({ databaseName }) => `"${databaseName}"`);
    const [row] = await manager.query<object[]>(
      `WITH ended AS (${ENDED})
       INSERT INTO authentication.sessions AS s (${names.join(', ')})
       VALUES (${names.map((_, index) => `$${FIRST_VALUE + index}`).join(', ')}) RETURNING ${this.columns.list}`,
      [
        session.userId,
        ...limitsOf(this.limits),
        ...stored.map((column): unknown =>
          this.dataSource.driver.preparePersistentValue(column.getEntityValue(session), column),
        ),
      ],
    );
    if (row === undefined) throw new Error('an insert returned no row');
    return this.columns.read(Object.values(row), 0);
  }
}
