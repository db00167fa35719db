import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../clients/client.js';
import type { Session } from '../sessions/session.entity.js';
import type { User } from '../users/user.entity.js';

/** What can happen to a user. Features add names of their own. */
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
  /** every means of access ends: all sessions are gone, and what features issued must go too */
  access_ended: true;
  /** an address was proved by somebody who may not be the one who registered it: what came before must go */
  taken_over: true;
  deleted: true;
  /** a token in its grace renewed again: who has the session now may not be who proved something in it last */
  renewed_again: true;
}

export interface UserFact {
  action: keyof UserFacts;
  user: User;
  client: Client;
  /** the session that began, with `signed_in`; that has another token, with `renewed_again` */
  session?: Session;
}

/** Awaited in the transaction of the fact, and failing together with it. */
export interface UserListener {
  onUserFact(fact: UserFact, manager: EntityManager): Promise<void>;
}

/** The one hook for what a fact must bring about in its own transaction. */
@Injectable()
export class UserEvents {
  private readonly listeners: UserListener[] = [];

  listen(listener: UserListener): void {
    this.listeners.push(listener);
  }

  async tell(manager: EntityManager, fact: UserFact): Promise<void> {
    for (const listener of this.listeners) await listener.onUserFact(fact, manager);
  }
}
