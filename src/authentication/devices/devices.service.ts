import { Injectable } from '@nestjs/common';
import { isStillReferenced } from '../database/database-failure.js';
import { Database } from '../database/database.js';
import { AuthenticationLog } from '../logging/authentication-log.js';
import { InUse, NotFound } from '../problems/problems.js';
import type { Client } from '../requests/client.js';
import { Callers } from '../sessions/callers.js';
import type { CurrentSession } from '../sessions/current-session.js';
import { UserEvents } from '../users/user-events.js';
import type { User } from '../users/user.entity.js';
import { DeviceAccess } from './device-access.js';
import { Device } from './device.entity.js';

declare module '../users/user-events.js' {
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
    private readonly callers: Callers,
    private readonly access: DeviceAccess,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  /** Newest first. */
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

  async add(caller: CurrentSession, name: string, client: Client): Promise<Device> {
    const device = await this.callers.hold(caller, async (user, manager) => {
      const added = await manager.save(Device.add(user.id, name));
      await this.events.tell(manager, { action: 'device_added', user, client });
      return added;
    });
    this.log.outcome('device_added', caller.user, client);
    return device;
  }

  rename(caller: CurrentSession, id: number, name: string): Promise<Device> {
    return this.callers.hold(caller, async (user, manager) => {
      const device = await this.find(user, id, manager);
      await manager.update(Device, { id }, { name });
      return Object.assign(device, { name });
    });
  }

  /**
   * Its sessions and tokens end.
   * @param keepData whether the row stays, marked deleted, for what points at it
   * @throws NotFound, InUse when a foreign key refuses: then nothing is deleted
   */
  async remove(caller: CurrentSession, id: number, keepData: boolean, client: Client): Promise<void> {
    try {
      await this.callers.hold(caller, async (user, manager) => {
        const device = await this.find(user, id, manager);
        await this.access.end(user, device, client, manager);
        await (keepData ? manager.softDelete(Device, { id }) : manager.delete(Device, { id }));
        await this.events.tell(manager, { action: 'device_removed', user, client });
      });
    } catch (error) {
      throw isStillReferenced(error) ? new InUse() : error;
    }
    this.log.outcome('device_removed', caller.user, client);
  }
}
