import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { UserEvents, type UserFact, type UserListener } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { NotFound } from '../../core/problems/problems.js';
import { Sweeper } from '../../core/sweeping/sweeper.js';
import { digestOf } from '../../core/tokens/secret.js';
import type { User } from '../../core/users/user.entity.js';
import { assertMayIssue, type Caller } from '../../sessions/caller.js';
import { CallerLock } from '../../sessions/caller-lock.js';
import { newApiKey } from './api-key.js';

/** For the backends that still use the old key while the new one is rolled out. */
const OVERLAP = "interval '24 hours'";

/** An application has one key that does not expire by itself; those that it replaced work on for a day. */
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

  /** The key exists in clear in this answer alone. */
  async issue(applicationId: string, manager: EntityManager): Promise<string> {
    const key = newApiKey();
    await manager.query('INSERT INTO authentication.api_keys (application_id, digest) VALUES ($1, $2)', [
      applicationId,
      digestOf(key),
    ]);
    return key;
  }

  /**
   * Replacements queue on the owner's row: each ends the key before it.
   * @param revoke whether every older key ends now, rather than a day after it was replaced
   * @throws NotFound, AuthenticationRequired
   */
  async replace(caller: Caller, applicationId: string, revoke: boolean, client: Client): Promise<string> {
    assertMayIssue(caller);
    const key = await this.callerLock.hold(caller, async (owner, manager) => {
      await this.assertOwned(owner, applicationId, manager);
      await this.end(applicationId, revoke, manager);
      await this.events.tell(manager, { action: 'api_key_issued', user: owner, client });
      return this.issue(applicationId, manager);
    });
    this.log.outcome('api_key_issued', caller.user, client);
    return key;
  }

  /** Whoever registered the owner's address first may hold a key. The applications stay: they have users of their own. */
  async onUserFact({ action, user }: UserFact, manager: EntityManager): Promise<void> {
    if (action !== 'taken_over') return;
    await manager.query(
      `DELETE FROM authentication.api_keys k USING authentication.applications a
       WHERE a.id = k.application_id AND a.owner_id = $1`,
      [user.id],
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
