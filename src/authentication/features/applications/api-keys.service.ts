import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { addedSince, attackStartValue } from '../../core/events/attack-start.js';
import { UserEvents, type UserFact, type UserListener } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { NotFound } from '../../core/problems/problems.js';
import { Sweeper } from '../../core/sweeping/sweeper.js';
import { digestOf } from '../../core/tokens/secret.js';
import type { User } from '../../core/users/user.entity.js';
import { assertMayIssue, type Caller } from '../../sessions/caller.js';
import { CallerLock } from '../../sessions/caller-lock.js';
import { newApiKey } from './api-key.js';

/** SQL interval: backends still use the old key while the new one is rolled out. */
const OVERLAP = "interval '24 hours'";

/** An application has one key without an expiry. A key that was replaced works for 24 more hours. */
@Injectable()
export class ApiKeys implements UserListener, OnModuleInit {
  constructor(
    private readonly callerLock: CallerLock,
    private readonly events: UserEvents,
    private readonly sweeper: Sweeper,
    private readonly log: AuthenticationLog,
  ) {}

  onModuleInit(): void {
    this.events.listen(this);
    this.sweeper.add({ table: 'api_keys', condition: 'expires_at <= now()' });
  }

  /** @returns the key in clear: the database holds only its SHA-256 */
  async issue(applicationId: string, { session }: Caller, manager: EntityManager): Promise<string> {
    const key = newApiKey();
    await manager.query(
      'INSERT INTO authentication.api_keys (application_id, digest, issued_by) VALUES ($1, $2, $3)',
      [applicationId, digestOf(key), session.id],
    );
    return key;
  }

  /**
   * Issues a new key and ends the one before it. The lock on the owner's row puts replacements one after the other.
   * @param revoke whether every older key ends now, instead of 24 hours after it was replaced
   * @throws NotFound, AuthenticationRequired
   */
  async replace(caller: Caller, applicationId: string, revoke: boolean, client: Client): Promise<string> {
    assertMayIssue(caller);
    const key = await this.callerLock.hold(caller, async (owner, manager) => {
      await this.assertOwned(owner, applicationId, manager);
      await this.end(applicationId, revoke, manager);
      await this.events.tell(manager, { action: 'api_key_issued', user: owner, client });
      return this.issue(applicationId, caller, manager);
    });
    this.log.outcome('api_key_issued', caller.user, client);
    return key;
  }

  /**
   * At a takeover a person who is not the owner may have all keys, and when an account is taken back, those that were
   * issued since. The applications stay, because they have users.
   */
  async onUserFact({ action, user, since }: UserFact, manager: EntityManager): Promise<void> {
    if (action === 'taken_over') await this.deleteOf(user, 'true', [], manager);
    if (action === 'taken_back' && since !== undefined)
      await this.deleteOf(user, addedSince(since, 'k', 2), [attackStartValue(since)], manager);
  }

  private async deleteOf(
    { id }: User,
    condition: string,
    values: readonly unknown[],
    manager: EntityManager,
  ): Promise<void> {
    await manager.query(
      `DELETE FROM authentication.api_keys k USING authentication.applications a
       WHERE a.id = k.application_id AND a.owner_id = $1 AND ${condition}`,
      [id, ...values],
    );
  }

  private async end(applicationId: string, revoke: boolean, manager: EntityManager): Promise<void> {
    const statement = revoke
      ? 'DELETE FROM authentication.api_keys WHERE application_id = $1'
      : `UPDATE authentication.api_keys SET expires_at = now() + ${OVERLAP}
         WHERE application_id = $1 AND expires_at IS NULL`;
    await manager.query(statement, [applicationId]);
  }

  private async assertOwned(owner: User, applicationId: string, manager: EntityManager): Promise<void> {
    const rows = await manager.query<unknown[]>(
      'SELECT 1 FROM authentication.applications WHERE id = $1 AND owner_id = $2',
      [applicationId, owner.id],
    );
    if (rows.length === 0) throw new NotFound();
  }
}
