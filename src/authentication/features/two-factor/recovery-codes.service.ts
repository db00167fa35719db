import { Injectable } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { Database } from '../../core/database/database.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import type { User } from '../../core/users/user.entity.js';
import { assertMayIssue, type Caller } from '../../sessions/caller.js';
import { SessionRevocation } from '../../sessions/session-revocation.js';
import type { ChangeFactorDto } from './dto/two-factor.dto.js';
import { FactorChanges } from './factor-changes.js';
import { RecoveryCodes } from './recovery-codes.js';
import { TwoFactorChallenges } from './two-factor-challenges.js';
import { TwoFactorNews } from './two-factor-news.js';
import { TwoFactorIsOff } from './two-factor-problems.js';

/** The recovery codes of the signed-in user. */
@Injectable()
export class RecoveryCodesService {
  constructor(
    private readonly database: Database,
    private readonly changes: FactorChanges,
    private readonly codes: RecoveryCodes,
    private readonly challenges: TwoFactorChallenges,
    private readonly revocation: SessionRevocation,
    private readonly news: TwoFactorNews,
    private readonly log: AuthenticationLog,
  ) {}

  remaining(user: User): Promise<number> {
    return this.codes.remaining(user, this.database.manager);
  }

  /** @throws TwoFactorIsOff, InvalidBody on `current_password` or `code`, TooManyRequests, AuthenticationRequired */
  async renew(caller: Caller, body: ChangeFactorDto, client: Client): Promise<string[]> {
    assertMayIssue(caller);
    const codes = await this.changes.make(caller, body, client, {
      wantsCode: (secret) => {
        if (secret?.enabled !== true) throw new TwoFactorIsOff();
        return true;
      },
      apply: async (user, manager) => {
        await this.revocation.endGraces(caller, manager);
        await this.challenges.endAll(user.id, manager);
        await this.news.tell('recovery_codes_renewed', user, client, manager);
        return this.codes.renew(user, caller, manager);
      },
    });
    this.log.outcome('recovery_codes_renewed', caller.user, client);
    return codes;
  }
}
