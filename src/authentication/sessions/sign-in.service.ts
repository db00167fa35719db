import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../database/database.js';
import { AuthenticationLog } from '../logging/authentication-log.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { AccountSuspended, EmailUnverified, InvalidCredentials } from '../problems/problems.js';
import type { Realm } from '../realms/realm.js';
import { BodyExtensions, type ExtraFields } from '../requests/body-extensions.js';
import type { Client } from '../requests/client.js';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.module.js';
import { FailureCounters } from '../throttling/failure-counters.js';
import { lockedUser } from '../users/locked-user.js';
import { UserEvents } from '../users/user-events.js';
import { User } from '../users/user.entity.js';
import { SignInDto } from './dto/sign-in.dto.js';
import { SessionStart, type StartedSession } from './session-start.js';
import { SignInSteps } from './sign-in-steps.js';

/** A step that a challenge proved, with what was kept while it was open. */
export interface PassedStep {
  readonly name: string;
  readonly extra: ExtraFields;
}

/** The one door to a session. Every way in ends in `proceed`. */
@Injectable()
export class SignInService {
  constructor(
    private readonly database: Database,
    private readonly hasher: PasswordHasher,
    private readonly failures: FailureCounters,
    private readonly steps: SignInSteps,
    private readonly start: SessionStart,
    private readonly extensions: BodyExtensions,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  /** @throws InvalidCredentials alike for an unknown address and a wrong password; EmailUnverified, AccountSuspended */
  async withPassword(body: SignInDto, realm: Realm, client: Client): Promise<StartedSession> {
    const user = await this.database.manager.findOneBy(User, { realm: realm.id, email: body.email });
    const attempt = () =>
      this.failures.attempt('sign_in', `${realm.id} ${body.email}`, async () => {
        if (await this.hasher.verify(user?.passwordDigest ?? null, body.password)) return;
        await this.tellFailed(user, client);
        throw new InvalidCredentials();
      });
    await this.log.attempt('sign_in_failed', user, client, attempt);
    if (user === null) throw new InvalidCredentials();
    await this.upgradeDigest(user, body.password);
    return this.proceed(user, client, undefined, body.extra);
  }

  /**
   * Asks every step that is left; the first challenge is the answer, and with none the session starts.
   * `user` is as it was when its credential was checked: a password changed meanwhile starts nothing.
   */
  async proceed(
    user: User,
    client: Client,
    passed?: PassedStep,
    extra: ExtraFields = {},
  ): Promise<StartedSession> {
    const attempt = { client, extra: passed?.extra ?? extra };
    const decide = async (manager: EntityManager) => {
      const current = await this.admitted(user, manager);
      await this.extensions.check(SignInDto, attempt.extra, { user: current, client }, manager);
      for (const step of this.steps.after(passed?.name)) {
        const challenge = await step.challenge({ ...attempt, user: current }, manager);
        if (challenge !== null) return { challenge };
      }
      return { started: await this.start.start(current, client, attempt.extra, manager) };
    };
    const outcome = await this.log.attempt('sign_in_failed', user, client, () =>
      this.database.transaction(decide),
    );
    this.log.outcome(outcome.started === undefined ? 'sign_in_challenged' : 'signed_in', user, client);
    if (outcome.started === undefined) throw outcome.challenge;
    return outcome.started;
  }

  /** A transaction without a wait for the disk, for an unknown user too: time must not tell whether a listener wrote. */
  private async tellFailed(user: User | null, client: Client): Promise<void> {
    await this.database.transaction(async (manager) => {
      await manager.query('SET LOCAL synchronous_commit = off');
      if (user !== null) await this.events.tell(manager, { action: 'sign_in_failed', user, client });
    });
  }

  private async admitted(seen: User, manager: EntityManager): Promise<User> {
    const user = await lockedUser(manager, seen.id);
    if (!user?.hasSamePasswordAs(seen)) throw new InvalidCredentials();
    if (user.isSuspended) throw new AccountSuspended();
    if (this.settings.requireVerifiedEmail && !user.verified) throw new EmailUnverified();
    return user;
  }

  /** Parameters raised since the password was set are applied now, while it is here in clear (OWASP ASVS 11.4.2). */
  private async upgradeDigest(user: User, password: string): Promise<void> {
    if (user.passwordDigest === null || !this.hasher.isOutdated(user.passwordDigest)) return;
    const digest = await this.hasher.hash(password);
    const { affected } = await this.database.manager.update(
      User,
      { id: user.id, passwordDigest: user.passwordDigest },
      { passwordDigest: digest },
    );
    user.passwordDigest = affected === 1 ? digest : await this.upgradedMeanwhile(user, password);
  }

  /** Of two sign-ins at once only one applies them; for the other the same password is still right. */
  private async upgradedMeanwhile({ id }: User, password: string): Promise<string | null> {
    const current = await this.database.manager.findOneBy(User, { id });
    const digest = current?.passwordDigest ?? null;
    if (!(await this.hasher.verify(digest, password))) throw new InvalidCredentials();
    return digest;
  }
}
