import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../../core/clients/client.js';
import { Database, returning } from '../../../core/database/database.js';
import { UserEvents } from '../../../core/events/user-events.js';
import { AuthenticationLog } from '../../../core/log/authentication-log.js';
import { InvalidToken, TooManyRequests } from '../../../core/problems/problems.js';
import type { Realm } from '../../../core/realms/realm.js';
import { digestOf } from '../../../core/tokens/secret.js';
import { lockedUser } from '../../../core/users/locked-user.js';
import { DevicesService } from '../devices.service.js';
import { DeviceTokens, type IssuedDeviceToken } from '../tokens/device-tokens.js';

/** Seconds that a device waits between two polls (RFC 8628, 3.2). */
export const POLL_SECONDS = 5;

interface Asked {
  user_id: string | null;
  seconds_left: number;
}

const LIVE = 'token_digest = $1 AND realm = $2 AND expires_at > now()';

/** Records the poll, unless it came too early, and returns the device's user, or null before the code was typed. */
const ASK = `
  WITH asked AS (
    SELECT p.id, (SELECT d.user_id FROM authentication.devices d WHERE d.id = p.device_id) AS user_id,
      coalesce(ceil(extract(epoch FROM p.last_polled_at - now()) + ${POLL_SECONDS}), 0)::int AS seconds_left
    FROM authentication.device_pairings p WHERE ${LIVE} FOR UPDATE OF p
  ), counted AS (
    UPDATE authentication.device_pairings p SET last_polled_at = now()
    FROM asked WHERE p.id = asked.id AND asked.seconds_left <= 0
  )
  SELECT user_id, seconds_left FROM asked`;

/** The polls of a waiting device. The first one after a user typed the code is answered with the device's token. */
@Injectable()
export class PairingPolls {
  constructor(
    private readonly database: Database,
    private readonly devices: DevicesService,
    private readonly tokens: DeviceTokens,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  /** @returns the device's token, or null until a user has typed the code. @throws InvalidToken, TooManyRequests */
  async ask(secret: string, realm: Realm, client: Client): Promise<IssuedDeviceToken | null> {
    const [asked] = await this.database.manager.query<Asked[]>(ASK, [digestOf(secret), realm.id]);
    if (asked === undefined) throw new InvalidToken();
    if (asked.seconds_left > 0) throw new TooManyRequests(asked.seconds_left);
    if (asked.user_id === null) return null;
    const userId = Number(asked.user_id);
    const issued = await this.database.transaction((manager) =>
      this.collect(userId, secret, client, manager),
    );
    this.log.outcome('device_token_issued', { id: userId }, client);
    return issued;
  }

  /** Checks the pairing token for HEAD, and changes nothing. @throws InvalidToken */
  async look(secret: string, realm: Realm): Promise<null> {
    const rows = await this.database.manager.query<unknown[]>(
      `SELECT 1 FROM authentication.device_pairings WHERE ${LIVE}`,
      [digestOf(secret), realm.id],
    );
    if (rows.length === 0) throw new InvalidToken();
    return null;
  }

  /** Consumes the pairing under the lock of the user's row, so what ends tokens also ends one that waits here. */
  private async collect(
    userId: number,
    secret: string,
    client: Client,
    manager: EntityManager,
  ): Promise<IssuedDeviceToken> {
    const user = await lockedUser(manager, userId);
    if (user === null || user.isSuspended) throw new InvalidToken();
    const [paired] = await returning<{ device_id: string }>(
      manager,
      `DELETE FROM authentication.device_pairings
       WHERE token_digest = $1 AND expires_at > now() RETURNING device_id`,
      [digestOf(secret)],
    );
    if (paired === undefined) throw new InvalidToken();
    const deviceId = Number(paired.device_id);
    await manager.query('UPDATE authentication.devices SET last_seen_at = now() WHERE id = $1', [deviceId]);
    const device = await this.devices.find(user, deviceId, manager);
    await this.events.tell(manager, { action: 'device_token_issued', user, client });
    // The session that typed the code gave the device its access.
    return this.tokens.issue(device, device.issuedBy, manager);
  }
}
