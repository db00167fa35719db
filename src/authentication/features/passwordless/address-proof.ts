import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { FailureCounters, subjectOf } from '../../core/counters/failure-counters.js';
import { Database } from '../../core/database/database.js';
import { UserEvents } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { OneTimeTokens } from '../../core/tokens/one-time-tokens.js';
import type { User } from '../../core/users/user.entity.js';
import { SessionRevocation } from '../../sessions/session-revocation.js';

/** Confirms a user's address after a mailed link or code was used. */
@Injectable()
export class AddressProof {
  constructor(
    private readonly database: Database,
    private readonly tokens: OneTimeTokens,
    private readonly revocation: SessionRevocation,
    private readonly failures: FailureCounters,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  /**
   * Changes nothing if the address was confirmed before. Otherwise an attacker may have registered it: everything from
   * before is removed, also the password, as after a password reset.
   */
  async accept(user: User, client: Client, manager: EntityManager): Promise<User> {
    if (user.verified) return user;
    user.takeOver();
    await this.events.tell(manager, { action: 'taken_over', user, client });
    await manager.save(user);
    await this.tokens.revoke(user.id, manager);
    await this.revocation.revokeAll(user, client, manager);
    await this.failures.clear('sign_in', subjectOf(user), manager);
    this.database.afterCommit(manager, () => {
      this.log.outcome('taken_over', user, client);
    });
    return user;
  }
}
