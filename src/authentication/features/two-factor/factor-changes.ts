import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { Database } from '../../core/database/database.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { InvalidBody } from '../../core/problems/problems.js';
import type { User } from '../../core/users/user.entity.js';
import { CurrentPassword } from '../../passwords/current-password.js';
import type { Caller } from '../../sessions/caller.js';
import { CodeAttempts } from './code-attempts.js';
import { TotpSecret } from './totp-secret.entity.js';

interface Proof {
  readonly current_password: string;
  readonly code?: string | null;
}

/** A change of the second factor, for which the password alone is not enough: a thief may have it. */
export interface FactorChange<T> {
  /** @returns whether a code is wanted. Throws if this user cannot make the change */
  wantsCode(secret: TotpSecret | null): boolean;
  apply(user: User, manager: EntityManager): Promise<T>;
}

/** Checks password and code, then makes the change in the same transaction. */
@Injectable()
export class FactorChanges {
  constructor(
    private readonly database: Database,
    private readonly currentPassword: CurrentPassword,
    private readonly attempts: CodeAttempts,
    private readonly log: AuthenticationLog,
  ) {}

  /** @throws InvalidBody on `current_password` or `code`, TooManyRequests, AuthenticationRequired */
  async make<T>(caller: Caller, proof: Proof, client: Client, change: FactorChange<T>): Promise<T> {
    await this.currentPassword.verify(caller.user, proof.current_password, client);
    const made = await this.database.transaction(async (manager) => {
      const user = await this.currentPassword.confirm(caller, manager);
      const isWanted = change.wantsCode(await TotpSecret.of(user, manager));
      // Returned, not thrown: an exception would roll back the count of the failure.
      if (isWanted && !(await this.accepts(user, proof.code, client, manager))) return null;
      return { result: await change.apply(user, manager) };
    });
    if (made !== null) return made.result;
    this.log.outcome('second_factor_failed', caller.user, client, 'wrong_parameters');
    throw InvalidBody.of('code', 'invalid');
  }

  private async accepts(
    user: User,
    code: string | null | undefined,
    client: Client,
    manager: EntityManager,
  ): Promise<boolean> {
    if (code === undefined || code === null || code === '') throw InvalidBody.of('code', 'missing');
    return (await this.attempts.check({ user, code, client }, manager)) === 'accepted';
  }
}
