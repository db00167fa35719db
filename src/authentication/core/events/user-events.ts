import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../clients/client.js';
import type { Session } from '../sessions/session.entity.js';
import type { User } from '../users/user.entity.js';
import type { AttackStart } from './attack-start.js';

/** What can happen to a user. Features add their own names. */
export interface UserFacts {
  signed_up: true;
  signed_in: true;
  sign_in_failed: true;
  signed_out: true;
  password_changed: true;
  password_reset_requested: true;
  password_reset: true;
  email_change_requested: true;
  email_changed: true;
  email_verified: true;
  /** the sessions were ended, the caller's perhaps not; features must end the access that they gave, too */
  access_ended: true;
  /** the address was proved by a person who may not have registered the account: delete what was set up before */
  taken_over: true;
  /** the owner takes the account back from an attacker: delete what was added since the attack began (`since`) */
  taken_back: true;
  deleted: true;
  /** the previous token renewed the session again: another client may have it now, so earlier proofs do not count */
  renewed_again: true;
}

export interface UserFact {
  action: keyof UserFacts;
  user: User;
  client: Client;
  /** with `signed_in` the new session, with `renewed_again` the renewed one */
  session?: Session;
  /** with `taken_back`: when the attack began */
  since?: AttackStart;
}

/** Runs in the transaction of the fact, which waits for it. If it throws, the transaction is rolled back. */
export interface UserListener {
  onUserFact(fact: UserFact, manager: EntityManager): Promise<void>;
  /**
   * For `sign_in_failed` with an unknown address, whose user is `nobody`. Implement it if `onUserFact` runs statements
   * for that fact: run the same ones here, so that the time of the answer does not tell who has an account. They must
   * find no user, and write nothing.
   */
  onUnknownUserFact?(fact: UserFact, manager: EntityManager): Promise<void>;
}

/** The hook for code that must run in the same transaction as a change of a user. */
@Injectable()
export class UserEvents {
  private readonly listeners: UserListener[] = [];

  listen(listener: UserListener): void {
    this.listeners.push(listener);
  }

  async tell(manager: EntityManager, fact: UserFact): Promise<void> {
    for (const listener of this.listeners) await listener.onUserFact(fact, manager);
  }

  /** A fact about an address that has no user. */
  async tellUnknown(manager: EntityManager, fact: UserFact): Promise<void> {
    for (const listener of this.listeners) await listener.onUnknownUserFact?.(fact, manager);
  }
}
