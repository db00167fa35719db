import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../core/clients/client.js';
import { returning } from '../core/database/database.js';
import { UserEvents } from '../core/events/user-events.js';
import { AuthenticationRequired } from '../core/problems/problems.js';
import { Session } from '../core/sessions/session.entity.js';
import type { User } from '../core/users/user.entity.js';
import { assertMayIssue, type Caller } from './caller.js';

/** Ends sessions by deleting their rows: the next request with such a token is refused. */
@Injectable()
export class SessionRevocation {
  constructor(private readonly events: UserEvents) {}

  /** @returns whether the user had such a session */
  async revoke(user: User, sessionId: number, client: Client, manager: EntityManager): Promise<boolean> {
    const rows = await returning(
      manager,
      'DELETE FROM authentication.sessions WHERE id = $1 AND user_id = $2 RETURNING id',
      [sessionId, user.id],
    );
    if (rows.length === 0) return false;
    await this.events.tell(manager, { action: 'signed_out', user, client });
    return true;
  }

  /** Ends a session and all that began after it, whether or not it still exists: the ids of sessions grow. */
  async revokeSince(user: User, sessionId: number, client: Client, manager: EntityManager): Promise<void> {
    const rows = await returning(
      manager,
      'DELETE FROM authentication.sessions WHERE id >= $1 AND user_id = $2 RETURNING id',
      [sessionId, user.id],
    );
    if (rows.length > 0) await this.events.tell(manager, { action: 'signed_out', user, client });
  }

  /** Ends all sessions but the caller's, and all grace periods; keeps what features issued. @throws as `endGraces` */
  async revokeOthers(caller: Caller, manager: EntityManager): Promise<void> {
    const { user, session } = caller;
    await manager.query('DELETE FROM authentication.sessions WHERE user_id = $1 AND id <> $2', [
      user.id,
      session.id,
    ]);
    await this.endGraces(caller, manager);
  }

  /**
   * Ends the grace periods of the user's tokens: for changes after which no old token must be accepted.
   * @throws AuthenticationRequired when the caller's own token was renewed meanwhile. The change would end the caller's
   * token, and a thief who renewed it would keep the session.
   */
  async endGraces(caller: Caller, manager: EntityManager): Promise<void> {
    const { user, session } = caller;
    assertMayIssue(caller);
    const current = { id: session.id, tokenDigest: session.tokenDigest };
    if (!(await manager.existsBy(Session, current))) throw new AuthenticationRequired();
    await manager.query(
      'UPDATE authentication.sessions SET previous_token_digest = NULL WHERE user_id = $1 AND previous_token_digest IS NOT NULL',
      [user.id],
    );
  }

  /** Ends all sessions, and every other credential that features issued. */
  async revokeAll(user: User, client: Client, manager: EntityManager): Promise<void> {
    await manager.query('DELETE FROM authentication.sessions WHERE user_id = $1', [user.id]);
    await this.events.tell(manager, { action: 'access_ended', user, client });
  }
}
