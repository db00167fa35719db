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

/** The proof that a change wants (OWASP ASVS 6.2.3). Its failures have a counter of their own. */
@Injectable()
export class CurrentPassword {
  constructor(
    private readonly hasher: PasswordHasher,
    private readonly callerLock: CallerLock,
    private readonly failures: FailureCounters,
    private readonly log: AuthenticationLog,
  ) {}

  /** Outside any transaction. @throws InvalidBody `incorrect` on `current_password`, TooManyRequests, Overloaded */
  verify(user: User, password: string, client: Client): Promise<void> {
    const attempt = () =>
      this.failures.attempt('current_password', String(user.id), async () => {
        if (await this.hasher.verify(user.passwordDigest, password)) return;
        throw InvalidBody.of('current_password', 'incorrect');
      });
    return this.log.attempt('current_password_failed', user, client, attempt);
  }

  /**
   * In the transaction of the change: the user, held, if the session still lives and what was verified a moment ago
   * still is the password. @throws AuthenticationRequired, InvalidBody `incorrect` on `current_password`
   */
  async confirm(caller: Caller, manager: EntityManager): Promise<User> {
    const user = await this.callerLock.held(caller, manager);
    if (!user.hasSamePasswordAs(caller.user)) throw InvalidBody.of('current_password', 'incorrect');
    return user;
  }
}
