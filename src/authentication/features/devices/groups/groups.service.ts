import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { breaksUnique } from '../../../core/database/database-failure.js';
import { Database } from '../../../core/database/database.js';
import { assertRoom } from '../../../core/database/limited-rows.js';
import { Problem } from '../../../core/problems/problem.js';
import { fieldError, NotFound } from '../../../core/problems/problems.js';
import type { User } from '../../../core/users/user.entity.js';
import type { Caller } from '../../../sessions/caller.js';
import { CallerLock } from '../../../sessions/caller-lock.js';
import { GROUPS } from '../device-limits.js';
import { DevicesService } from '../devices.service.js';
import { DeviceGroup, NAME_UNIQUE_OF_USER } from './device-group.entity.js';

export class GroupNameTaken extends Problem {
  constructor() {
    super(422, 'already_taken', 'Already taken', 'You already have a group with this name.', {
      errors: [fieldError('name', 'taken')],
    });
  }
}

@Injectable()
export class GroupsService {
  constructor(
    private readonly database: Database,
    private readonly callerLock: CallerLock,
    private readonly devices: DevicesService,
  ) {}

  listFor({ id: userId }: User): Promise<DeviceGroup[]> {
    return this.database.manager.find(DeviceGroup, { where: { userId }, order: { name: 'ASC' } });
  }

  /** @throws GroupNameTaken, InvalidBody `too_many` on `name` */
  async add(caller: Caller, name: string): Promise<DeviceGroup> {
    try {
      return await this.callerLock.hold(caller, async (user, manager) => {
        await assertRoom(manager, GROUPS, [user.id]);
        return manager.save(DeviceGroup.of(user.id, name));
      });
    } catch (error) {
      if (breaksUnique(error, NAME_UNIQUE_OF_USER)) throw new GroupNameTaken();
      throw error;
    }
  }

  /** Removes a group; its devices stay. @throws NotFound */
  async remove(caller: Caller, id: number): Promise<void> {
    await this.callerLock.hold(caller, async (user, manager) => {
      const { affected } = await manager.delete(DeviceGroup, { id, userId: user.id });
      if (affected !== 1) throw new NotFound();
    });
  }

  /** @throws NotFound */
  async include(caller: Caller, id: number, deviceId: number): Promise<void> {
    await this.callerLock.hold(caller, async (user, manager) => {
      await this.assertOwn(user, id, deviceId, manager);
      await manager.query(
        `INSERT INTO authentication.device_group_members (group_id, device_id) VALUES ($1, $2)
         ON CONFLICT DO NOTHING`,
        [id, deviceId],
      );
    });
  }

  /** @throws NotFound */
  async exclude(caller: Caller, id: number, deviceId: number): Promise<void> {
    await this.callerLock.hold(caller, async (user, manager) => {
      await this.assertOwn(user, id, deviceId, manager);
      await manager.query(
        'DELETE FROM authentication.device_group_members WHERE group_id = $1 AND device_id = $2',
        [id, deviceId],
      );
    });
  }

  private async assertOwn(user: User, id: number, deviceId: number, manager: EntityManager): Promise<void> {
    if (!(await manager.existsBy(DeviceGroup, { id, userId: user.id }))) throw new NotFound();
    await this.devices.find(user, deviceId, manager);
  }
}
