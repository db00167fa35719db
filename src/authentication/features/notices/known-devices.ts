import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Sweeper } from '../../core/sweeping/sweeper.js';
import type { User } from '../../core/users/user.entity.js';
import { UNKNOWN, type Device } from './device.js';

/** A device that was not used for so long counts as new. */
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
   * Remembers it. One statement, whose question sees the table as it was before it.
   * @returns whether it is new to a user who has others. Of a user without any, nothing is known: that is no news. Nor
   * is a device that does not name itself, in a network that is known: a stranger there would claim to be a browser.
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
   * Its next sign-in is told again, without a name too: that one was taken for it. The links of mails about it go along.
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

  async forgetAll(user: User, manager: EntityManager): Promise<void> {
    await manager.query('DELETE FROM authentication.known_devices WHERE user_id = $1', [user.id]);
  }
}
