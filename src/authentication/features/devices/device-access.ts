import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { addedSince, attackStartValue, type AttackStart } from '../../core/events/attack-start.js';
import { UserEvents, type UserFact, type UserListener } from '../../core/events/user-events.js';
import type { User } from '../../core/users/user.entity.js';
import { SessionRevocation } from '../../sessions/session-revocation.js';
import type { Device } from './device.entity.js';

/** Ends the access of devices: their sessions, their tokens, and tokens that they have not collected yet. */
@Injectable()
export class DeviceAccess implements UserListener, OnModuleInit {
  constructor(
    private readonly sessions: SessionRevocation,
    private readonly events: UserEvents,
  ) {}

  onModuleInit(): void {
    this.events.listen(this);
  }

  async onUserFact({ action, user, since }: UserFact, manager: EntityManager): Promise<void> {
    if (action === 'access_ended' || action === 'password_changed') await this.endTokens(user, manager);
    if (action === 'taken_over') await this.forgetAll(user, manager);
    if (action === 'taken_back' && since !== undefined) await this.removeAdded(user, since, manager);
  }

  /** Ends every means of access of one device. */
  async end(user: User, { id }: Device, client: Client, manager: EntityManager): Promise<void> {
    const rows = await manager.query<{ session_id: string }[]>(
      'SELECT session_id FROM authentication.device_sessions WHERE device_id = $1',
      [id],
    );
    for (const row of rows) await this.sessions.revoke(user, Number(row.session_id), client, manager);
    await this.endTokensOf(id, manager);
  }

  /** Ends all tokens of one device, also one that it has not collected yet. */
  async endTokensOf(deviceId: number, manager: EntityManager): Promise<void> {
    await manager.query('DELETE FROM authentication.device_tokens WHERE device_id = $1', [deviceId]);
    await manager.query('DELETE FROM authentication.device_pairings WHERE device_id = $1', [deviceId]);
  }

  /** Ends the tokens of all devices. The devices stay; each needs a new token or a new pairing. */
  private async endTokens({ id }: User, manager: EntityManager): Promise<void> {
    const own = 'device_id IN (SELECT id FROM authentication.devices WHERE user_id = $1)';
    await manager.query(`DELETE FROM authentication.device_tokens WHERE ${own}`, [id]);
    await manager.query(`DELETE FROM authentication.device_pairings WHERE ${own}`, [id]);
  }

  /** Ends what an attacker added: devices with their sessions and tokens, and tokens of the owner's devices. */
  private async removeAdded({ id }: User, since: AttackStart, manager: EntityManager): Promise<void> {
    const values = [id, attackStartValue(since)];
    const added = `d.user_id = $1 AND ${addedSince(since, 'd', 2)}`;
    await manager.query(
      `DELETE FROM authentication.sessions s USING authentication.device_sessions l, authentication.devices d
       WHERE s.id = l.session_id AND l.device_id = d.id AND ${added}`,
      values,
    );
    await manager.query(
      `DELETE FROM authentication.device_tokens t USING authentication.devices d
       WHERE d.id = t.device_id AND d.user_id = $1 AND ${addedSince(since, 't', 2)}`,
      values,
    );
    await manager.query(`DELETE FROM authentication.devices d WHERE ${added}`, values);
  }

  /** Deletes devices and groups: a person who is not the owner of the address may have added them. */
  private async forgetAll({ id }: User, manager: EntityManager): Promise<void> {
    await manager.query('DELETE FROM authentication.devices WHERE user_id = $1', [id]);
    await manager.query('DELETE FROM authentication.device_groups WHERE user_id = $1', [id]);
  }
}
