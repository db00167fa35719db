import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../../core/clients/client.js';
import { Database } from '../../../core/database/database.js';
import { assertRoom } from '../../../core/database/limited-rows.js';
import { UserEvents } from '../../../core/events/user-events.js';
import { AuthenticationLog } from '../../../core/log/authentication-log.js';
import { addressedTo } from '../../../core/mail/mail-job.js';
import { MailQueue } from '../../../core/mail/mail-queue.js';
import { Sweeper } from '../../../core/sweeping/sweeper.js';
import { digestOf } from '../../../core/tokens/secret.js';
import type { User } from '../../../core/users/user.entity.js';
import { CurrentPassword } from '../../../passwords/current-password.js';
import { assertMayIssue, type Caller } from '../../../sessions/caller.js';
import { CallerLock } from '../../../sessions/caller-lock.js';
import { DeviceAccess } from '../device-access.js';
import type { Device } from '../device.entity.js';
import { TOKENS } from '../device-limits.js';
import { DevicesService } from '../devices.service.js';
import { DEVICE_TOKEN_ISSUED_MAIL } from './device-token-issued.mail.js';
import { newDeviceToken } from './device-token.kind.js';

declare module '../../../core/events/user-events.js' {
  interface UserFacts {
    device_token_issued: true;
  }
}

const LIFETIME_SECONDS = 90 * 86_400;

export interface IssuedDeviceToken {
  /** in clear only here: the database holds its SHA-256 */
  readonly secret: string;
  readonly device: Device;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

@Injectable()
export class DeviceTokens implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly callerLock: CallerLock,
    private readonly currentPassword: CurrentPassword,
    private readonly devices: DevicesService,
    private readonly access: DeviceAccess,
    private readonly events: UserEvents,
    private readonly mails: MailQueue,
    private readonly sweeper: Sweeper,
    private readonly log: AuthenticationLog,
  ) {}

  onModuleInit(): void {
    this.sweeper.add({ table: 'device_tokens', condition: 'expires_at <= now()' });
  }

  /**
   * Wants the password, and tells the owner by mail: the token outlives the session, which may be stolen.
   * @throws NotFound, InvalidBody `incorrect` on `current_password`, TooManyRequests, AuthenticationRequired
   */
  async issueFor(
    caller: Caller,
    deviceId: number,
    password: string,
    client: Client,
  ): Promise<IssuedDeviceToken> {
    assertMayIssue(caller);
    await this.devices.find(caller.user, deviceId);
    await this.currentPassword.verify(caller.user, password, client);
    const issued = await this.database.transaction(async (manager) => {
      const user = await this.currentPassword.confirm(caller, manager);
      const device = await this.devices.find(user, deviceId, manager);
      await this.tell(user, device, client, manager);
      return this.issue(device, caller.session.id, manager);
    });
    this.log.outcome('device_token_issued', caller.user, client);
    return issued;
  }

  /** Call it in a transaction that has locked the user's row. @param issuedBy the id of the session that wanted it */
  async issue(device: Device, issuedBy: number | null, manager: EntityManager): Promise<IssuedDeviceToken> {
    await assertRoom(manager, TOKENS, [device.id]);
    const secret = newDeviceToken();
    const [row] = await manager.query<{ created_at: Date; expires_at: Date }[]>(
      `INSERT INTO authentication.device_tokens (device_id, digest, issued_by, expires_at)
       VALUES ($1, $2, $3, now() + make_interval(secs => $4)) RETURNING created_at, expires_at`,
      [device.id, digestOf(secret), issuedBy, LIFETIME_SECONDS],
    );
    if (row === undefined) throw new Error('an insert returned no row');
    return { secret, device, createdAt: row.created_at, expiresAt: row.expires_at };
  }

  /** Ends all tokens of a device, also one that it has not collected yet. @throws NotFound */
  async endOf(caller: Caller, deviceId: number, client: Client): Promise<void> {
    await this.callerLock.hold(caller, async (user, manager) => {
      const device = await this.devices.find(user, deviceId, manager);
      await this.access.endTokensOf(device.id, manager);
    });
    this.log.outcome('device_tokens_ended', caller.user, client);
  }

  private async tell(user: User, { name }: Device, client: Client, manager: EntityManager): Promise<void> {
    await this.events.tell(manager, { action: 'device_token_issued', user, client });
    await this.mails.enqueue(manager, {
      message: DEVICE_TOKEN_ISSUED_MAIL,
      ...addressedTo(user),
      client,
      facts: { device: name },
    });
  }
}
