import { Injectable } from '@nestjs/common';
import type { Client } from '../core/clients/client.js';
import { FailureCounters, subjectOf } from '../core/counters/failure-counters.js';
import { Database } from '../core/database/database.js';
import { AuthenticationLog } from '../core/log/authentication-log.js';
import { PasswordHasher } from '../core/passwords/password-hasher.js';
import { InvalidCredentials } from '../core/problems/problems.js';
import type { Realm } from '../core/realms/realm.js';
import type { AuthenticationSettings } from '../core/settings/authentication.settings.js';
import { Settings } from '../core/settings/settings.js';
import { NOBODY } from '../core/users/nobody.js';
import { UserLookup } from '../core/users/user-lookup.js';
import { User } from '../core/users/user.entity.js';
import type { SignInDto } from './dto/sign-in.dto.js';
import { FailedSignIns } from './failed-sign-ins.js';
import type { StartedSession } from './session-start.js';
import { SignInService } from './sign-in.service.js';

/** Sign-in with an address and a password. */
@Injectable()
export class PasswordSignIn {
  constructor(
    private readonly database: Database,
    private readonly users: UserLookup,
    private readonly hasher: PasswordHasher,
    private readonly failures: FailureCounters,
    private readonly signIns: SignInService,
    private readonly failed: FailedSignIns,
    private readonly log: AuthenticationLog,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  /** @throws InvalidCredentials for an unknown address and for a wrong password; EmailUnverified, AccountSuspended */
  async start(body: SignInDto, realm: Realm, client: Client): Promise<StartedSession> {
    const { user, count } = await this.users.findCounting('sign_in', realm.id, body.email);
    const seen = user.id === NOBODY ? null : user;
    const attempt = () =>
      this.failures.counted('sign_in', subjectOf(user), count, async () => {
        const isRight = await this.hasher.verify(user.passwordDigest, body.password, client);
        if (isRight && !this.isConcealed(user)) return this.upgradeDigest(user, body.password, client);
        await this.failed.record(user, isRight, client);
        throw new InvalidCredentials();
      });
    await this.log.attempt('sign_in_failed', seen, client, attempt);
    return this.signIns.proceed(user, client, body.extra, 'sign_in');
  }

  /** Somebody signs up, then in with the same password: a session would tell that the address was free. */
  private isConcealed({ verified }: User): boolean {
    return this.settings.concealAccounts && !verified;
  }

  /** Applies hashing parameters that were raised since the password was set (OWASP ASVS 11.4.2). */
  private async upgradeDigest(user: User, password: string, client: Client): Promise<void> {
    if (user.passwordDigest === null || !this.hasher.isOutdated(user.passwordDigest)) return;
    const digest = await this.hasher.hash(password, client);
    const { affected } = await this.database.manager.update(
      User,
      { id: user.id, passwordDigest: user.passwordDigest },
      { passwordDigest: digest },
    );
    user.passwordDigest = affected === 1 ? digest : await this.upgradedMeanwhile(user, password, client);
  }

  /** Another sign-in replaced the digest at the same time: checks the password against the new one. */
  private async upgradedMeanwhile({ id }: User, password: string, client: Client): Promise<string | null> {
    const current = await this.database.manager.findOneBy(User, { id });
    const digest = current?.passwordDigest ?? null;
    if (!(await this.hasher.verify(digest, password, client))) throw new InvalidCredentials();
    return digest;
  }
}
