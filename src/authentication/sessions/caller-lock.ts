import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../core/database/database.js';
import { AuthenticationRequired } from '../core/problems/problems.js';
import { Session } from '../core/sessions/session.entity.js';
import { lockedUser } from '../core/users/locked-user.js';
import type { User } from '../core/users/user.entity.js';
import type { Caller } from './caller.js';

/**
 * Locks the caller's user row for a change, and checks the session again. The session may have ended while the request
 * waited for the lock, for example because the password was changed: then the request is refused.
 */
@Injectable()
export class CallerLock {
  constructor(private readonly database: Database) {}

  /** @throws AuthenticationRequired */
  hold<T>(caller: Caller, work: (user: User, manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.transaction(async (manager) => work(await this.held(caller, manager), manager));
  }

  /** The same in your own transaction. @returns the user, whose row is locked. @throws AuthenticationRequired */
  async held({ user, session }: Caller, manager: EntityManager): Promise<User> {
    const held = await lockedUser(manager, user.id);
    const stillSignedIn = await manager.existsBy(Session, { id: session.id, userId: user.id });
    if (held === null || held.isSuspended || !stillSignedIn) throw new AuthenticationRequired();
    return held;
  }
}
