import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { Database } from '../../core/database/database.js';
import { UserEvents } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { EmailUnverified, InvalidBody } from '../../core/problems/problems.js';
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
import { TwoFactorNews } from './two-factor-news.js';
import { TwoFactorIsOn } from './two-factor-problems.js';
import type { TotpSetUpView } from './two-factor.view.js';

/** Sets up the authenticator app of the signed-in user. */
@Injectable()
export class TotpService {
  constructor(
    private readonly database: Database,
    private readonly callerLock: CallerLock,
    private readonly currentPassword: CurrentPassword,
    private readonly totp: TotpCodes,
    private readonly codes: RecoveryCodes,
    private readonly renewal: SessionRenewal,
    private readonly revocation: SessionRevocation,
    private readonly news: TwoFactorNews,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

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
      return this.totp.issue(current, caller, manager);
    });
    this.log.outcome('two_factor_begun', user, client);
    const url = otpauthUrl(secret, realm.name, user.email);
    return { secret: base32(secret), otpauth_url: url, qr_code: qrCode(url) };
  }

  /** Turns it on, ends other sessions, and gives the caller's a new token. @throws InvalidBody `invalid` on `code` */
  async confirm(caller: Caller, code: string, client: Client): Promise<{ token: string; codes: string[] }> {
    assertMayIssue(caller);
    const confirmed = await this.callerLock.hold(caller, async (user, manager) => {
      await this.enable(user, caller, code, manager);
      await this.revocation.revokeOthers(caller, manager);
      // What was issued without a second factor ends, too: device tokens, sign-ins under way.
      await this.events.tell(manager, { action: 'access_ended', user, client });
      const { token } = await this.renewal.replace(caller, manager);
      const codes = await this.codes.renew(user, caller, manager);
      await this.news.tell('two_factor_enabled', user, client, manager);
      return { token, codes };
    });
    this.log.outcome('two_factor_enabled', caller.user, client);
    return confirmed;
  }

  private async enable(user: User, { session }: Caller, code: string, manager: EntityManager): Promise<void> {
    const secret = await TotpSecret.of(user, manager);
    if (secret === null || secret.enabled) throw InvalidBody.of('code', 'invalid');
    if ((await this.totp.check(secret, code, manager)) !== 'accepted')
      throw InvalidBody.of('code', 'invalid');
    await manager.query(
      `UPDATE authentication.totp_secrets
       SET enabled = true, issued_by = greatest(issued_by, $2), created_at = now() WHERE user_id = $1`,
      [user.id, session.id],
    );
  }
}
