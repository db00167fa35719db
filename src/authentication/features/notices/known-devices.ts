import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { attackStartValue, type AttackStart } from '../../core/events/attack-start.js';
import { Sweeper } from '../../core/sweeping/sweeper.js';
import type { User } from '../../core/users/user.entity.js';
import { UNKNOWN, type Device } from './device.js';
import { noticedSince, type ConsumedNotice } from './notice-rows.js';

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
   * Forgets the device of a notice, so that its next sign-in is reported again. A device without a name in the same
   * network is also forgotten, because it was taken for this one; and so are all that were first seen later, because an
   * attacker may have signed in from them without a notice, beyond the limit. The links about them are deleted too.
   */
  async forget(
    user: User,
    { device, firstSeenAt }: Pick<ConsumedNotice, 'device' | 'firstSeenAt'>,
    manager: EntityManager,
  ): Promise<void> {
    await manager.query(
      `DELETE FROM authentication.known_devices WHERE user_id = $1
         AND ((family IN ($2, '${UNKNOWN}') AND network = $3) OR first_seen_at > $4)`,
      [user.id, device.family, device.network, firstSeenAt],
    );
  }

  /**
   * Forgets the devices that an attacker signed in from, so that their next sign-in is reported again. This also deletes
   * the notices about them: they may have gone to the attacker's address.
   */
  async forgetSince(since: AttackStart, user: User, manager: EntityManager): Promise<void> {
    const isNew = 'session' in since ? 'false' : 'k.first_seen_at >= $2';
    await manager.query(
      `DELETE FROM authentication.known_devices k WHERE k.user_id = $1 AND (${isNew} OR EXISTS (
         SELECT 1 FROM authentication.sign_in_notices n
         WHERE n.user_id = k.user_id AND n.family = k.family AND n.network = k.network AND ${noticedSince(since)}))`,
      [user.id, attackStartValue(since)],
    );
  }

  /** Records for the notices of all devices whether the password was changed since their sign-in. A reset is the owner's. */
  async markPassword(user: User, { changed }: { changed: boolean }, manager: EntityManager): Promise<void> {
    await manager.query(
      'UPDATE authentication.known_devices SET password_changed = $2 WHERE user_id = $1 AND password_changed <> $2',
      [user.id, changed],
    );
  }

  async forgetAll(user: User, manager: EntityManager): Promise<void> {
    await manager.query('DELETE FROM authentication.known_devices WHERE user_id = $1', [user.id]);
  }
}
