import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../core/clients/client.js';
import { FailureCounters } from '../core/counters/failure-counters.js';
import { AuthenticationLog } from '../core/log/authentication-log.js';
import { PasswordHasher } from '../core/passwords/password-hasher.js';
import { InvalidBody } from '../core/problems/problems.js';
import type { User } from '../core/users/user.entity.js';
import type { Caller } from '../sessions/caller.js';
import { CallerLock } from '../sessions/caller-lock.js';

/** Checks `current_password`, which changes require (OWASP ASVS 6.2.3). Failures are counted apart from sign-in's. */
@Injectable()
export class CurrentPassword {
  constructor(
    private readonly hasher: PasswordHasher,
    private readonly callerLock: CallerLock,
    private readonly failures: FailureCounters,
    private readonly log: AuthenticationLog,
  ) {}

  /**
   * Call it outside any transaction: hashing must not hold a connection.
   * @throws InvalidBody `incorrect` on `current_password`, TooManyRequests, Overloaded
   */
  verify(user: User, password: string, client: Client): Promise<void> {
    const attempt = () =>
      this.failures.attempt('current_password', String(user.id), async () => {
        if (await this.hasher.verify(user.passwordDigest, password, client)) return;
        throw InvalidBody.of('current_password', 'incorrect');
      });
    return this.log.attempt('current_password_failed', user, client, attempt);
  }

  /**
   * Call it in the transaction of the change. Locks the user's row, and checks that the session still exists and that
   * the password is still the one that was verified. @returns the locked user
   * @throws AuthenticationRequired, InvalidBody `incorrect` on `current_password`
   */
  async confirm(caller: Caller, manager: EntityManager): Promise<User> {
    const user = await this.callerLock.held(caller, manager);
    if (!user.hasSamePasswordAs(caller.user)) throw InvalidBody.of('current_password', 'incorrect');
    return user;
  }
}
