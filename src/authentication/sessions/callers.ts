import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../core/database/database.js';
import { AuthenticationRequired } from '../core/problems/problems.js';
import { Session } from '../core/sessions/session.entity.js';
import { lockedUser } from '../core/users/locked-user.js';
import type { User } from '../core/users/user.entity.js';
import type { Caller } from './caller.js';

/**
 * For changes that queue on the user's row. One that waited there while its session ended changes nothing: what a new
 * password or a takeover ends must not come back by a request that was on its way.
 */
@Injectable()
export class Callers {
  constructor(private readonly database: Database) {}

  /** @throws AuthenticationRequired */
  hold<T>(caller: Caller, work: (user: User, manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.transaction(async (manager) => work(await this.held(caller, manager), manager));
  }

  /** In a transaction of yours: the caller's user, held, whose session still lives. @throws AuthenticationRequired */
  async held({ user, session }: Caller, manager: EntityManager): Promise<User> {
    const held = await lockedUser(manager, user.id);
    const stillSignedIn = await manager.existsBy(Session, { id: session.id, userId: user.id });
    if (held === null || held.isSuspended || !stillSignedIn) throw new AuthenticationRequired();
    return held;
  }
}
