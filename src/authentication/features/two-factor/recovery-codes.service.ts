import { Injectable } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { Database } from '../../core/database/database.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import type { User } from '../../core/users/user.entity.js';
import { CurrentPassword } from '../../passwords/current-password.js';
import { assertMayIssue, type Caller } from '../../sessions/caller.js';
import { SessionRevocation } from '../../sessions/session-revocation.js';
import { RecoveryCodes } from './recovery-codes.js';
import { TotpSecret } from './totp-secret.entity.js';
import { TwoFactorNews } from './two-factor-news.js';
import { TwoFactorIsOff } from './two-factor-problems.js';

/** The recovery codes of the signed-in user. */
@Injectable()
export class RecoveryCodesService {
  constructor(
    private readonly database: Database,
    private readonly currentPassword: CurrentPassword,
    private readonly codes: RecoveryCodes,
    private readonly revocation: SessionRevocation,
    private readonly news: TwoFactorNews,
    private readonly log: AuthenticationLog,
  ) {}

  remaining(user: User): Promise<number> {
    return this.codes.remaining(user, this.database.manager);
  }

  /** @throws TwoFactorIsOff, InvalidBody `incorrect` on `current_password`, AuthenticationRequired */
  async renew(caller: Caller, password: string, client: Client): Promise<string[]> {
    assertMayIssue(caller);
    await this.currentPassword.verify(caller.user, password, client);
    const codes = await this.database.transaction(async (manager) => {
      const current = await this.currentPassword.confirm(caller, manager);
      if ((await TotpSecret.of(current, manager))?.enabled !== true) throw new TwoFactorIsOff();
      await this.revocation.endGraces(caller, manager);
      await this.news.tell('recovery_codes_renewed', current, client, manager);
      return this.codes.renew(current, manager);
    });
    this.log.outcome('recovery_codes_renewed', caller.user, client);
    return codes;
  }
}
