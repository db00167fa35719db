import { Column, Entity, PrimaryColumn, ForeignKey, Unique } from 'typeorm';
import { id, reference } from '../../../core/database/columns.js';
import { SCHEMA } from '../../../core/database/data-source.js';
import { User } from '../../../core/users/user.entity.js';

export const NAME_UNIQUE_OF_USER = 'device_groups_user_id_name_key';

/** A named group of a user's devices, such as HOME. */
@Entity({ name: 'device_groups', schema: SCHEMA, synchronize: false })
@Unique(NAME_UNIQUE_OF_USER, ['userId', 'name'])
export class DeviceGroup {
  @PrimaryColumn(id)
  id!: number;

  @ForeignKey(() => User, { name: 'device_groups_user_id_fkey', onDelete: 'CASCADE' })
  @Column(reference('user_id'))
  userId!: number;

  @Column({ type: 'text' })
  name!: string;

  static of(userId: number, name: string): DeviceGroup {
    const group = new DeviceGroup();
    group.userId = userId;
    group.name = name;
    return group;
  }
}
