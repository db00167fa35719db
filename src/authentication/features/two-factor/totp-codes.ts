import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, returning } from '../../core/database/database.js';
import { secretKeysFor, type AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import type { User } from '../../core/users/user.entity.js';
import type { Caller } from '../../sessions/caller.js';
import { TotpSecret, type CodeVerdict } from './totp-secret.entity.js';
import { stepOf } from './totp.js';

/** How many used steps are listed. Of older ones, only the latest is known, and those before it count as used. */
const STEPS_LISTED = 20;
const SORTED = 'array(SELECT step FROM unnest(t.accepted_steps || $2::bigint) step ORDER BY step DESC)';

/**
 * Uses a step up, unless it was used before. The used steps are not compared with the time: on a clock that was set
 * forward and back, a code must not be accepted again, and a code that was never used must be.
 */
const USE_STEP = `UPDATE authentication.totp_secrets t
  SET accepted_steps = (${SORTED})[:${STEPS_LISTED}],
    forgotten_step = greatest(t.forgotten_step, (${SORTED})[${STEPS_LISTED + 1}])
  WHERE t.user_id = $1 AND $2::bigint > coalesce(t.forgotten_step, 0) AND $2::bigint <> ALL (t.accepted_steps)
  RETURNING 1`;

/** Issues TOTP secrets and checks codes, by the clock of the database. Call it with the user's row locked. */
@Injectable()
export class TotpCodes {
  private readonly keys: readonly Buffer[];

  constructor(
    private readonly database: Database,
    @Settings() settings: AuthenticationSettings,
  ) {
    this.keys = secretKeysFor('two-factor', settings);
  }

  /** Replaces a secret that is not enabled yet. @returns the new secret in clear */
  async issue(user: User, { session }: Caller, manager: EntityManager): Promise<Buffer> {
    const { entity, secret } = TotpSecret.issue(user, session.id, this.keys);
    await manager.save(entity);
    return secret;
  }

  /** Accepts each step once (RFC 6238, 5.2). Seals the secret again if an older key had sealed it. */
  async check(secret: TotpSecret, code: string, manager: EntityManager): Promise<CodeVerdict> {
    const { userId } = secret;
    const opened = secret.open(this.keys);
    const step = stepOf(opened.secret, code, await this.database.secondsNow(manager));
    if (step === null) return 'wrong';
    if ((await returning(manager, USE_STEP, [userId, step])).length === 0) return 'used';
    if (opened.isCurrent) return 'accepted';
    await manager.update(
      TotpSecret,
      { userId },
      { sealedSecret: secret.sealedWith(opened.secret, this.keys) },
    );
    return 'accepted';
  }
}
