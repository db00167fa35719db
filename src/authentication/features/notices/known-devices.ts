import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { attackStartValue, type AttackStart } from '../../core/events/attack-start.js';
import { Sweeper } from '../../core/sweeping/sweeper.js';
import type { User } from '../../core/users/user.entity.js';
import { UNKNOWN, type Device } from './device.js';
import { noticedSince } from './sign-in-notices.js';

/** SQL interval: a device that was not used for this long counts as new. */
const KEPT = "interval '400 days'";

interface Known {
  number: number;
  this_one: boolean;
}

/** The devices that a user signed in from. */
@Injectable()
export class KnownDevices implements OnModuleInit {
  constructor(private readonly sweeper: Sweeper) {}

  onModuleInit(): void {
    this.sweeper.add({ table: 'known_devices', condition: `last_seen_at <= now() - ${KEPT}` });
  }

  /**
   * Remembers a device. In this one statement, the SELECT sees the table as it was before the INSERT.
   * @returns whether the owner must be told. A user's first device is not reported. A device without a name is not
   * reported in a known network: an attacker there can send the name of a known browser anyway.
   */
  async see(user: User, { family, network }: Device, manager: EntityManager): Promise<boolean> {
    const [known] = await manager.query<Known[]>(
      `WITH seen AS (
         INSERT INTO authentication.known_devices (user_id, family, network) VALUES ($1, $2, $3)
         ON CONFLICT (user_id, family, network) DO UPDATE SET last_seen_at = now())
       SELECT count(*)::int AS number,
         coalesce(bool_or(network = $3 AND (family = $2 OR $2 = '${UNKNOWN}')), false) AS this_one
       FROM authentication.known_devices WHERE user_id = $1 AND last_seen_at > now() - ${KEPT}`,
      [user.id, family, network],
    );
    return known !== undefined && known.number > 0 && !known.this_one;
  }

  /**
   * Forgets a device, so that its next sign-in is reported again. A device without a name in the same network is also
   * forgotten, because it was taken for this one. The links about both are deleted too.
   */
  async forget(
    user: User,
    device: Pick<Device, 'family' | 'network'>,
    manager: EntityManager,
  ): Promise<void> {
    await manager.query(
      `DELETE FROM authentication.known_devices
       WHERE user_id = $1 AND family IN ($2, '${UNKNOWN}') AND network = $3`,
      [user.id, device.family, device.network],
    );
  }

  /** Forgets the devices that an attacker signed in from, so that their next sign-in is reported again. */
  async forgetSince(since: AttackStart, user: User, manager: EntityManager): Promise<void> {
    const isNew = 'session' in since ? 'false' : 'k.first_seen_at >= $2';
    await manager.query(
      `DELETE FROM authentication.known_devices k WHERE k.user_id = $1 AND (${isNew} OR EXISTS (
         SELECT 1 FROM authentication.sign_in_notices n
         WHERE n.user_id = k.user_id AND n.family = k.family AND n.network = k.network AND ${noticedSince(since)}))`,
      [user.id, attackStartValue(since)],
    );
  }

  async forgetAll(user: User, manager: EntityManager): Promise<void> {
    await manager.query('DELETE FROM authentication.known_devices WHERE user_id = $1', [user.id]);
  }
}
