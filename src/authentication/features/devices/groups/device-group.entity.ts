import { Column, Entity, PrimaryColumn } from 'typeorm';
import { id, reference } from '../../../core/database/columns.js';

export const NAME_UNIQUE_OF_USER = 'device_groups_user_id_name_key';

/** Devices of one user under a name, such as HOME. */
@Entity({ name: 'device_groups' })
export class DeviceGroup {
  @PrimaryColumn(id)
  id!: number;

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
