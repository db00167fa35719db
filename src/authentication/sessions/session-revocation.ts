import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../core/clients/client.js';
import { returning } from '../core/database/database.js';
import { UserEvents } from '../core/events/user-events.js';
import type { User } from '../core/users/user.entity.js';

/** Ends sessions, at the next request: the row is gone. */
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

  /** All but one, whose renewed token's grace ends too. What features issued stays. */
  async revokeOthers(user: User, keptId: number, manager: EntityManager): Promise<void> {
    await manager.query('DELETE FROM authentication.sessions WHERE user_id = $1 AND id <> $2', [
      user.id,
      keptId,
    ]);
    await this.endGraces(user, manager);
  }

  /** Tokens that were renewed a moment ago end now: for changes after which nothing old may count. */
  async endGraces(user: User, manager: EntityManager): Promise<void> {
    await manager.query(
      'UPDATE authentication.sessions SET previous_token_digest = NULL WHERE user_id = $1 AND previous_token_digest IS NOT NULL',
      [user.id],
    );
  }

  /** All of them, and every other means of access that features issued. */
  async revokeAll(user: User, client: Client, manager: EntityManager): Promise<void> {
    await manager.query('DELETE FROM authentication.sessions WHERE user_id = $1', [user.id]);
    await this.events.tell(manager, { action: 'access_ended', user, client });
  }
}
