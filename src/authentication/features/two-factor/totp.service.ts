import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { Database } from '../../core/database/database.js';
import { UserEvents, type UserFact, type UserListener } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { EmailUnverified, InvalidBody, NotFound } from '../../core/problems/problems.js';
import type { Realm } from '../../core/realms/realm.js';
import type { User } from '../../core/users/user.entity.js';
import { CurrentPassword } from '../../passwords/current-password.js';
import { assertMayIssue, type Caller } from '../../sessions/caller.js';
import { CallerLock } from '../../sessions/caller-lock.js';
import { SessionRenewal } from '../../sessions/session-renewal.js';
import { SessionRevocation } from '../../sessions/session-revocation.js';
import { RecoveryCodes } from './recovery-codes.js';
import { TotpCodes } from './totp-codes.js';
import { TotpSecret } from './totp-secret.entity.js';
import { base32, otpauthUrl, qrCode } from './totp.js';
import { TwoFactorChallenges } from './two-factor-challenges.js';
import { TwoFactorNews } from './two-factor-news.js';
import { TwoFactorIsOn } from './two-factor-problems.js';
import type { TotpSetUpView } from './two-factor.view.js';

/** Sets up and removes the authenticator app of the signed-in user. */
@Injectable()
export class TotpService implements UserListener, OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly callerLock: CallerLock,
    private readonly currentPassword: CurrentPassword,
    private readonly totp: TotpCodes,
    private readonly codes: RecoveryCodes,
    private readonly challenges: TwoFactorChallenges,
    private readonly renewal: SessionRenewal,
    private readonly revocation: SessionRevocation,
    private readonly news: TwoFactorNews,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  onModuleInit(): void {
    this.events.listen(this);
  }

  /**
   * Issues a new secret, which is enabled when `confirm` gets a code of it.
   * @throws EmailUnverified, TwoFactorIsOn, InvalidBody, AuthenticationRequired
   */
  async begin(caller: Caller, password: string, realm: Realm, client: Client): Promise<TotpSetUpView> {
    assertMayIssue(caller);
    const { user } = caller;
    await this.currentPassword.verify(user, password, client);
    const secret = await this.database.transaction(async (manager) => {
      const current = await this.currentPassword.confirm(caller, manager);
      // Otherwise someone who registered another person's address could keep its owner out.
      if (!current.verified) throw new EmailUnverified();
      if ((await TotpSecret.of(current, manager))?.enabled === true) throw new TwoFactorIsOn();
      return this.totp.issue(current, manager);
    });
    this.log.outcome('two_factor_begun', user, client);
    const url = otpauthUrl(secret, realm.name, user.email);
    return { secret: base32(secret), otpauth_url: url, qr_code: qrCode(url) };
  }

  /** Turns it on, ends other sessions, and gives the caller's a new token. @throws InvalidBody `invalid` on `code` */
  async confirm(caller: Caller, code: string, client: Client): Promise<{ token: string; codes: string[] }> {
    assertMayIssue(caller);
    const confirmed = await this.callerLock.hold(caller, async (user, manager) => {
      await this.enable(user, code, manager);
      await this.revocation.revokeOthers(caller, manager);
      const { token } = await this.renewal.replace(caller, manager);
      const codes = await this.codes.renew(user, manager);
      await this.news.tell('two_factor_enabled', user, client, manager);
      return { token, codes };
    });
    this.log.outcome('two_factor_enabled', caller.user, client);
    return confirmed;
  }

  /** @throws NotFound when the user has no secret, InvalidBody `incorrect` on `current_password` */
  async disable(caller: Caller, password: string, client: Client): Promise<void> {
    await this.currentPassword.verify(caller.user, password, client);
    await this.database.transaction(async (manager) => {
      const current = await this.currentPassword.confirm(caller, manager);
      const secret = await TotpSecret.of(current, manager);
      if (secret === null) throw new NotFound();
      await this.drop(current, manager);
      await this.revocation.endGraces(caller, manager);
      if (secret.enabled) await this.news.tell('two_factor_disabled', current, client, manager);
    });
    this.log.outcome('two_factor_disabled', caller.user, client);
  }

  /** A secret that is not enabled yet may be in an attacker's app, so it ends together with the attacker's access. */
  async onUserFact({ action, user }: UserFact, manager: EntityManager): Promise<void> {
    if (action === 'taken_over') await this.drop(user, manager);
    if (action === 'access_ended' || action === 'password_changed')
      await manager.delete(TotpSecret, { userId: user.id, enabled: false });
  }

  private async enable(user: User, code: string, manager: EntityManager): Promise<void> {
    const secret = await TotpSecret.of(user, manager);
    if (secret === null || secret.enabled) throw InvalidBody.of('code', 'invalid');
    if ((await this.totp.check(secret, code, manager)) !== 'accepted')
      throw InvalidBody.of('code', 'invalid');
    secret.enabled = true;
    await manager.save(secret);
  }

  private async drop(user: User, manager: EntityManager): Promise<void> {
    await manager.delete(TotpSecret, { userId: user.id });
    await this.codes.drop(user, manager);
    await this.challenges.endAll(user.id, manager);
  }
}
