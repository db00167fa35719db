import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Database, type Statement } from '../core/database/database.js';
import { EntityColumns, namedStatement } from '../core/database/entity-columns.js';
import { isLiveSession, limitsOf } from '../core/sessions/live-sessions.js';
import { Session } from '../core/sessions/session.entity.js';
import type { AuthenticationSettings } from '../core/settings/authentication.settings.js';
import { Settings } from '../core/settings/settings.js';
import { digestOf } from '../core/tokens/secret.js';
import { User } from '../core/users/user.entity.js';
import type { Caller } from './caller.js';
import { KeptSessions, type Keep } from './kept-sessions.js';

/** How long a row stays right by itself: until its next touch, or the end of the session or of the grace period. */
const SECONDS_LEFT = `extract(epoch FROM least(
          s.last_active_at + interval '60 seconds', s.last_active_at + make_interval(secs => $3),
          s.created_at + make_interval(secs => $4),
          CASE WHEN s.token_digest <> $1 THEN s.previous_token_ends_at END) - now())::float8 AS seconds_left`;

/** Finds session and user by token, in one statement. It does not find the sessions of a suspended user. */
export class SessionStatement {
  readonly statement: Statement;
  private readonly session: EntityColumns<Session>;
  private readonly user: EntityColumns<User>;

  /** @param isKept whether its rows are kept, and must tell for how long */
  constructor(dataSource: DataSource, isKept = false) {
    this.session = new EntityColumns(dataSource, Session, 's');
    this.user = new EntityColumns(dataSource, User, 'u');
    this.statement = namedStatement(
      'current_session',
      `SELECT ${this.session.list}, ${this.user.list},
        s.token_digest = $1 AS renewable, s.last_active_at < now() - interval '60 seconds' AS stale,
        s.token_digest = $1 AND s.token_unused AS first_use${isKept ? `,\n        ${SECONDS_LEFT}` : ''}
      FROM authentication.sessions s JOIN authentication.users u ON u.id = s.user_id
      WHERE (s.token_digest = $1 OR (s.previous_token_digest = $1 AND s.previous_token_ends_at > now()))
        AND u.realm = $2 AND u.suspended_at IS NULL AND ${isLiveSession('s', 3)}`,
    );
  }

  read(row: readonly unknown[]): FoundSession {
    const { session, user } = this;
    const after = session.count + user.count;
    const renewable = row[after] as boolean;
    const caller = { session: session.read(row, 0), user: user.read(row, session.count), renewable };
    return {
      caller,
      stale: row[after + 1] as boolean,
      isFirstUse: row[after + 2] as boolean,
      seconds: (row[after + 3] as number | undefined) ?? 0,
    };
  }
}

export interface FoundSession {
  caller: Caller;
  /** its activity must be recorded */
  stale: boolean;
  /** the first use of its token must be recorded */
  isFirstUse: boolean;
  /** how long the row may be kept */
  seconds: number;
}

/** Writes at most once a minute, also for requests at the same time. */
const TOUCH: Statement = {
  name: 'authentication_touch_session_1',
  text: `UPDATE authentication.sessions SET last_active_at = now()
    WHERE id = $1 AND last_active_at < now() - interval '60 seconds'
    RETURNING last_active_at`,
};

/**
 * Records the first use of a renewed token: from now on the previous token cannot be renewed again. No row means that
 * the previous token was renewed again at the same moment, which made this token void. A token that was itself renewed
 * meanwhile is in its grace period, and still accepted.
 */
const USE: Statement = {
  name: 'authentication_use_session_token_1',
  text: `UPDATE authentication.sessions SET token_unused = token_unused AND token_digest <> $2
    WHERE id = $1 AND $2 IN (token_digest, previous_token_digest)
    RETURNING id`,
};

/** Finds the caller of a token, and records that its session was used. */
@Injectable()
export class SessionLookup implements OnApplicationBootstrap {
  private byToken: SessionStatement;

  constructor(
    private readonly database: Database,
    @Settings() private readonly settings: AuthenticationSettings,
    private readonly kept: KeptSessions,
  ) {
    this.byToken = new SessionStatement(database.dataSource);
  }

  onApplicationBootstrap(): void {
    if (this.kept.keeper !== undefined) this.byToken = new SessionStatement(this.database.dataSource, true);
  }

  /**
   * Runs for every authenticated request: keep it short, and use nothing that waits for libuv's thread pool.
   * @param isRead false for a request that may change something: it is answered from the database, since it may change
   * what it has just read, and the next request of its client must find that
   */
  find(token: string, realm: string, isRead: boolean): Caller | Promise<Caller | null> {
    const digest = digestOf(token);
    const { keeper } = this.kept;
    if (keeper === undefined) return this.load(digest, realm);
    if (!isRead) {
      keeper.forget(digest, realm);
      return this.load(digest, realm);
    }
    const row = keeper.of(digest, realm);
    return row === undefined
      ? this.load(digest, realm, keeper.begin(digest, realm))
      : this.byToken.read(row).caller;
  }

  private async load(digest: Buffer, realm: string, keep?: Keep): Promise<Caller | null> {
    const values = [digest, realm, ...limitsOf(this.settings)];
    const [row] = await this.database.values(this.byToken.statement, values);
    if (row === undefined) return null;
    const { caller, stale, isFirstUse, seconds } = this.byToken.read(row);
    if (isFirstUse && !(await this.use(caller.session))) return null;
    if (stale) await this.touch(caller.session);
    // What is written now is in no row that was read before.
    if (!isFirstUse && !stale) keep?.({ row, sessionId: caller.session.id, userId: caller.user.id, seconds });
    return caller;
  }

  private async use({ id, tokenDigest }: Session): Promise<boolean> {
    return (await this.database.run(USE, [id, tokenDigest])).length > 0;
  }

  private async touch(session: Session): Promise<void> {
    const [touched] = await this.database.run<{ last_active_at: Date }>(TOUCH, [session.id]);
    session.lastActiveAt = touched?.last_active_at ?? session.lastActiveAt;
  }
}
