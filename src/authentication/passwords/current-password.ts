import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuthenticationLog } from '../logging/authentication-log.js';
import { AuthenticationRequired, InvalidBody } from '../problems/problems.js';
import type { Client } from '../requests/client.js';
import { FailureCounters } from '../throttling/failure-counters.js';
import { lockedUser } from '../users/locked-user.js';
import type { User } from '../users/user.entity.js';
import { PasswordHasher } from './password-hasher.js';

/** The proof that a change wants (OWASP ASVS 6.2.3). Its failures have a counter of their own. */
@Injectable()
export class CurrentPassword {
  constructor(
    private readonly hasher: PasswordHasher,
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

  /** In the transaction of the change: the user, held, if what was verified a moment ago still is the password. */
  async confirm(seen: User, manager: EntityManager): Promise<User> {
    const user = await lockedUser(manager, seen.id);
    if (user === null) throw new AuthenticationRequired();
    if (!user.hasSamePasswordAs(seen)) throw InvalidBody.of('current_password', 'incorrect');
    return user;
  }
}
