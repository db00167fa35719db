import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { returning } from '../../core/database/database.js';
import { addedSince, attackStartValue, type AttackStart } from '../../core/events/attack-start.js';
import { UserEvents, type UserFact, type UserListener } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { NotFound } from '../../core/problems/problems.js';
import type { User } from '../../core/users/user.entity.js';
import type { Caller } from '../../sessions/caller.js';
import { SessionRevocation } from '../../sessions/session-revocation.js';
import type { RemoveTotpDto } from './dto/two-factor.dto.js';
import { FactorChanges } from './factor-changes.js';
import { RecoveryCodes } from './recovery-codes.js';
import { TotpSecret } from './totp-secret.entity.js';
import { TwoFactorChallenges } from './two-factor-challenges.js';
import { TwoFactorNews } from './two-factor-news.js';

/** Removes the authenticator app: for its user, and when something happens to the account. */
@Injectable()
export class TotpRemoval implements UserListener, OnModuleInit {
  constructor(
    private readonly changes: FactorChanges,
    private readonly codes: RecoveryCodes,
    private readonly challenges: TwoFactorChallenges,
    private readonly revocation: SessionRevocation,
    private readonly news: TwoFactorNews,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  onModuleInit(): void {
    this.events.listen(this);
  }

  /**
   * A secret that is not on yet is removed without a code: its app may be lost.
   * @throws NotFound when the user has no secret, InvalidBody on `current_password` or `code`, TooManyRequests
   */
  async remove(caller: Caller, body: RemoveTotpDto, client: Client): Promise<void> {
    let wasOn = false;
    await this.changes.make(caller, body, client, {
      wantsCode: (secret) => {
        if (secret === null) throw new NotFound();
        return (wasOn = secret.enabled);
      },
      apply: async (user, manager) => {
        await this.drop(user, manager);
        await this.revocation.endGraces(caller, manager);
        if (wasOn) await this.news.tell('two_factor_disabled', user, client, manager);
      },
    });
    this.log.outcome('two_factor_disabled', caller.user, client);
  }

  /** A secret that is not enabled yet may be in an attacker's app, so it ends together with the attacker's access. */
  async onUserFact({ action, user, since }: UserFact, manager: EntityManager): Promise<void> {
    if (action === 'taken_over') await this.drop(user, manager);
    if (action === 'taken_back' && since !== undefined) await this.removeAdded(user, since, manager);
    if (action === 'access_ended' || action === 'password_changed')
      await manager.delete(TotpSecret, { userId: user.id, enabled: false });
  }

  /** Removes an app that an attacker set up, and recovery codes that an attacker made for the owner's app. */
  private async removeAdded(user: User, since: AttackStart, manager: EntityManager): Promise<void> {
    const removed = await returning(
      manager,
      `DELETE FROM authentication.totp_secrets s WHERE s.user_id = $1 AND ${addedSince(since, 's', 2)} RETURNING 1`,
      [user.id, attackStartValue(since)],
    );
    if (removed.length > 0) await this.drop(user, manager);
    else await this.codes.dropSince(since, user, manager);
  }

  private async drop(user: User, manager: EntityManager): Promise<void> {
    await manager.delete(TotpSecret, { userId: user.id });
    await this.codes.drop(user, manager);
    await this.challenges.endAll(user.id, manager);
  }
}
