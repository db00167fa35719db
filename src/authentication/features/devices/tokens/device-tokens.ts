import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../../core/clients/client.js';
import { AuthenticationLog } from '../../../core/log/authentication-log.js';
import { Sweeper } from '../../../core/sweeping/sweeper.js';
import { digestOf } from '../../../core/tokens/secret.js';
import { assertMayIssue, type Caller } from '../../../sessions/caller.js';
import { CallerLock } from '../../../sessions/caller-lock.js';
import { DeviceAccess } from '../device-access.js';
import type { Device } from '../device.entity.js';
import { DevicesService } from '../devices.service.js';
import { newDeviceToken } from './device-token.kind.js';

const LIFETIME_SECONDS = 90 * 86_400;

export interface IssuedDeviceToken {
  /** in clear here alone */
  readonly secret: string;
  readonly device: Device;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

@Injectable()
export class DeviceTokens implements OnModuleInit {
  constructor(
    private readonly callerLock: CallerLock,
    private readonly devices: DevicesService,
    private readonly access: DeviceAccess,
    private readonly sweeper: Sweeper,
    private readonly log: AuthenticationLog,
  ) {}

  onModuleInit(): void {
    this.sweeper.add({ table: 'device_tokens', condition: 'expires_at <= now()' });
  }

  /** @throws NotFound, AuthenticationRequired */
  async issueFor(caller: Caller, deviceId: number, client: Client): Promise<IssuedDeviceToken> {
    assertMayIssue(caller);
    const issued = await this.callerLock.hold(caller, async (user, manager) =>
      this.issue(await this.devices.find(user, deviceId, manager), manager),
    );
    this.log.outcome('device_token_issued', caller.user, client);
    return issued;
  }

  /** In a transaction that holds the user's row. */
  async issue(device: Device, manager: EntityManager): Promise<IssuedDeviceToken> {
    const secret = newDeviceToken();
    const [row] = await manager.query<{ created_at: Date; expires_at: Date }[]>(
      `INSERT INTO authentication.device_tokens (device_id, digest, expires_at)
       VALUES ($1, $2, now() + make_interval(secs => $3)) RETURNING created_at, expires_at`,
      [device.id, digestOf(secret), LIFETIME_SECONDS],
    );
    if (row === undefined) throw new Error('an insert returned no row');
    return { secret, device, createdAt: row.created_at, expiresAt: row.expires_at };
  }

  /** All of a device, those that wait for its next question too. @throws NotFound */
  async endOf(caller: Caller, deviceId: number, client: Client): Promise<void> {
    await this.callerLock.hold(caller, async (user, manager) => {
      const device = await this.devices.find(user, deviceId, manager);
      await this.access.endTokensOf(device.id, manager);
    });
    this.log.outcome('device_tokens_ended', caller.user, client);
  }
}
