import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../../core/clients/client.js';
import { FailureCounters } from '../../../core/counters/failure-counters.js';
import { returning } from '../../../core/database/database.js';
import { assertRoom } from '../../../core/database/limited-rows.js';
import { UserEvents } from '../../../core/events/user-events.js';
import { AuthenticationLog } from '../../../core/log/authentication-log.js';
import { addressedTo } from '../../../core/mail/mail-job.js';
import { MailQueue } from '../../../core/mail/mail-queue.js';
import { Problem } from '../../../core/problems/problem.js';
import { assertMayIssue, type Caller } from '../../../sessions/caller.js';
import { CallerLock } from '../../../sessions/caller-lock.js';
import { DEVICES } from '../device-limits.js';
import { Device } from '../device.entity.js';
import { DEVICE_PAIRED_MAIL, devicePairedFacts } from './device-paired.mail.js';
import { PairingCodes } from './pairing-codes.js';

declare module '../../../core/events/user-events.js' {
  interface UserFacts {
    device_paired: true;
  }
}

const BUDGET = 'pairing_code';

/** A pairing whose code a user has just typed. */
interface Claimed {
  id: string;
  name: string;
  ip_address: string | null;
}

export class DeviceNotFound extends Problem {
  constructor() {
    super(404, 'device_not_found', 'Device not found', 'No device found');
  }
}

/** A signed-in user types the code that a device shows, and the device then belongs to that user. */
@Injectable()
export class PairingClaims implements OnModuleInit {
  constructor(
    private readonly callerLock: CallerLock,
    private readonly codes: PairingCodes,
    private readonly failures: FailureCounters,
    private readonly mails: MailQueue,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  onModuleInit(): void {
    this.failures.define(BUDGET, { limit: 10, windowSeconds: 60 });
  }

  /** Counts every try, also one with a right code. @throws DeviceNotFound, TooManyRequests, AuthenticationRequired */
  async claim(caller: Caller, code: string, client: Client): Promise<Device> {
    assertMayIssue(caller);
    const device = await this.log.attempt('pairing_failed', caller.user, client, async () => {
      await this.failures.spend(BUDGET, String(caller.user.id));
      return this.callerLock.hold(caller, (user, manager) =>
        this.pair({ ...caller, user }, code, client, manager),
      );
    });
    this.log.outcome('device_paired', caller.user, client);
    return device;
  }

  private async pair(
    { user, session }: Caller,
    code: string,
    client: Client,
    manager: EntityManager,
  ): Promise<Device> {
    const claimed = await this.take(code, user.realm, manager);
    // After the code, so that a wrong one is answered alike whatever the number of devices.
    await assertRoom(manager, DEVICES, [user.id]);
    const device = await manager.save(Device.add(user.id, claimed.name, session.id));
    await manager.query('UPDATE authentication.device_pairings SET device_id = $1 WHERE id = $2', [
      device.id,
      claimed.id,
    ]);
    await this.events.tell(manager, { action: 'device_paired', user, client });
    await this.mails.enqueue(manager, {
      message: DEVICE_PAIRED_MAIL,
      ...addressedTo(user),
      client,
      facts: devicePairedFacts(claimed.name, claimed.ip_address),
    });
    return device;
  }

  /** One statement, so only one of two users gets the device. It then has at least a minute to collect its token. */
  private async take(code: string, realm: string, manager: EntityManager): Promise<Claimed> {
    const [claimed] = await returning<Claimed>(
      manager,
      `UPDATE authentication.device_pairings
       SET code_digest = NULL, expires_at = greatest(expires_at, now() + interval '1 minute')
       WHERE code_digest = ANY ($1::bytea[]) AND realm = $2 AND expires_at > now()
       RETURNING id, name, ip_address`,
      [this.codes.digestsOf(code), realm],
    );
    if (claimed === undefined) throw new DeviceNotFound();
    return claimed;
  }
}
