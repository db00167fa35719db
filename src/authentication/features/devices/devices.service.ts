import { Injectable } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { Database } from '../../core/database/database.js';
import { assertRoom } from '../../core/database/limited-rows.js';
import { UserEvents } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { NotFound } from '../../core/problems/problems.js';
import type { User } from '../../core/users/user.entity.js';
import type { Caller } from '../../sessions/caller.js';
import { CallerLock } from '../../sessions/caller-lock.js';
import { DeviceAccess } from './device-access.js';
import { DEVICES } from './device-limits.js';
import { Device } from './device.entity.js';

declare module '../../core/events/user-events.js' {
  interface UserFacts {
    device_added: true;
    device_removed: true;
  }
}

const WITH_GROUPS = { relations: { groups: true } } as const;

@Injectable()
export class DevicesService {
  constructor(
    private readonly database: Database,
    private readonly callerLock: CallerLock,
    private readonly access: DeviceAccess,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  /** The user's devices, newest first. */
  listFor({ id: userId }: User): Promise<Device[]> {
    return this.database.manager.find(Device, {
      ...WITH_GROUPS,
      where: { userId },
      order: { id: 'DESC', groups: { name: 'ASC' } },
    });
  }

  /** @throws NotFound */
  async find({ id: userId }: User, id: number, manager = this.database.manager): Promise<Device> {
    const order = { groups: { name: 'ASC' } } as const;
    const device = await manager.findOne(Device, { ...WITH_GROUPS, where: { id, userId }, order });
    if (device === null) throw new NotFound();
    return device;
  }

  /** @throws InvalidBody `too_many` on `name` */
  async add(caller: Caller, name: string, client: Client): Promise<Device> {
    const device = await this.callerLock.hold(caller, async (user, manager) => {
      await assertRoom(manager, DEVICES, [user.id]);
      const added = await manager.save(Device.add(user.id, name, caller.session.id));
      await this.events.tell(manager, { action: 'device_added', user, client });
      return added;
    });
    this.log.outcome('device_added', caller.user, client);
    return device;
  }

  rename(caller: Caller, id: number, name: string): Promise<Device> {
    return this.callerLock.hold(caller, async (user, manager) => {
      const device = await this.find(user, id, manager);
      await manager.update(Device, { id }, { name });
      return Object.assign(device, { name });
    });
  }

  /**
   * Removes a device and ends its sessions and tokens.
   * @param keepData whether the row stays, marked deleted, for the rows that reference it
   * @throws NotFound
   */
  async remove(caller: Caller, id: number, keepData: boolean, client: Client): Promise<void> {
    await this.callerLock.hold(caller, async (user, manager) => {
      const device = await this.find(user, id, manager);
      await this.access.end(user, device, client, manager);
      await (keepData ? manager.softDelete(Device, { id }) : manager.delete(Device, { id }));
      await this.events.tell(manager, { action: 'device_removed', user, client });
    });
    this.log.outcome('device_removed', caller.user, client);
  }
}
