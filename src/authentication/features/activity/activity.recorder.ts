import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  UserEvents,
  type UserFact,
  type UserFacts,
  type UserListener,
} from '../../core/events/user-events.js';
import { Sweeper } from '../../core/sweeping/sweeper.js';
import { KEPT } from './activity-event.entity.js';

/** Facts that only ask other code to clean up. No event is written for them. */
const NO_ACTIONS: readonly (keyof UserFacts)[] = ['access_ended', 'taken_over', 'deleted', 'renewed_again'];

/** Records every fact in the transaction of the fact, so that both are committed or neither is. */
@Injectable()
export class ActivityRecorder implements UserListener, OnModuleInit {
  constructor(
    private readonly events: UserEvents,
    private readonly sweeper: Sweeper,
  ) {}

  onModuleInit(): void {
    this.events.listen(this);
    this.sweeper.add({ table: 'events', condition: `created_at <= now() - ${KEPT}` });
  }

  /**
   * A failed sign-in does not lock the user's row. If the user is deleted meanwhile, no event is written and the answer
   * stays the same.
   */
  async onUserFact({ action, user, client }: UserFact, manager: EntityManager): Promise<void> {
    if (NO_ACTIONS.includes(action)) return;
    await manager.query(
      `INSERT INTO authentication.events (user_id, action, user_agent, ip_address)
       SELECT id, $2, $3, $4 FROM authentication.users WHERE id = $1 FOR KEY SHARE`,
      [user.id, action, client.userAgent, client.ipAddress],
    );
  }

  /** The same statement, which finds no user. */
  onUnknownUserFact(fact: UserFact, manager: EntityManager): Promise<void> {
    return this.onUserFact(fact, manager);
  }
}
