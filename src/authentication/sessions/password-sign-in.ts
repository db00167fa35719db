import { Injectable } from '@nestjs/common';
import type { Client } from '../core/clients/client.js';
import { FailureCounters, subjectOf } from '../core/counters/failure-counters.js';
import { Database } from '../core/database/database.js';
import { UserEvents } from '../core/events/user-events.js';
import { AuthenticationLog } from '../core/log/authentication-log.js';
import { PasswordHasher } from '../core/passwords/password-hasher.js';
import { InvalidCredentials } from '../core/problems/problems.js';
import type { Realm } from '../core/realms/realm.js';
import { User } from '../core/users/user.entity.js';
import type { SignInDto } from './dto/sign-in.dto.js';
import type { StartedSession } from './session-start.js';
import { SignInService } from './sign-in.service.js';

/** Sign-in with an address and a password. */
@Injectable()
export class PasswordSignIn {
  constructor(
    private readonly database: Database,
    private readonly hasher: PasswordHasher,
    private readonly failures: FailureCounters,
    private readonly signIns: SignInService,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  /** @throws InvalidCredentials for an unknown address and for a wrong password; EmailUnverified, AccountSuspended */
  async start(body: SignInDto, realm: Realm, client: Client): Promise<StartedSession> {
    const user = await this.database.manager.findOneBy(User, { realm: realm.id, email: body.email });
    const attempt = () =>
      this.failures.attempt('sign_in', subjectOf({ realm: realm.id, email: body.email }), async () => {
        if (await this.hasher.verify(user?.passwordDigest ?? null, body.password, client)) return;
        await this.tellFailed(user, client);
        throw new InvalidCredentials();
      });
    await this.log.attempt('sign_in_failed', user, client, attempt);
    if (user === null) throw new InvalidCredentials();
    await this.upgradeDigest(user, body.password, client);
    return this.signIns.proceed(user, client, body.extra);
  }

  /**
   * The time of the answer must not reveal whether the user exists and a listener wrote something. So unknown users get
   * a transaction too, and none waits for the disk.
   */
  private async tellFailed(user: User | null, client: Client): Promise<void> {
    await this.database.transaction(async (manager) => {
      await manager.query('SET LOCAL synchronous_commit = off');
      if (user !== null) await this.events.tell(manager, { action: 'sign_in_failed', user, client });
    });
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
