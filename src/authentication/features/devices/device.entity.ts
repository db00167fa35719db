import {
  Column,
  CreateDateColumn,
  DeleteDateColumn,
  Entity,
  ForeignKey,
  Index,
  JoinTable,
  ManyToMany,
  PrimaryColumn,
  type Relation,
} from 'typeorm';
import { id, reference, time } from '../../core/database/columns.js';
import { SCHEMA } from '../../core/database/data-source.js';
import { User } from '../../core/users/user.entity.js';
import { DeviceGroup } from './groups/device-group.entity.js';

/** A device of a user: it signs in, or has tokens of its own. TypeORM's finders skip rows that are marked deleted. */
@Entity({ name: 'devices', schema: SCHEMA, synchronize: false })
@Index('devices_user_id_idx', ['userId', 'id'])
export class Device {
  @PrimaryColumn(id)
  id!: number;

  @ForeignKey(() => User, { name: 'devices_user_id_fkey', onDelete: 'CASCADE' })
  @Column(reference('user_id'))
  userId!: number;

  @Column({ type: 'text' })
  name!: string;

  /** when it last signed in or used a token; the use of a token is recorded at most once a minute */
  @Column(time('last_seen_at', { nullable: true }))
  lastSeenAt!: Date | null;

  @CreateDateColumn(time('created_at'))
  createdAt!: Date;

  @DeleteDateColumn(time('deleted_at', { nullable: true }))
  deletedAt!: Date | null;

  /** the id of the session that added it, which may have ended since; null for rows from before this column */
  @Column(reference('issued_by', { nullable: true }))
  issuedBy!: number | null;

  @ManyToMany(() => DeviceGroup)
  @JoinTable({
    name: 'device_group_members',
    joinColumn: { name: 'device_id' },
    inverseJoinColumn: { name: 'group_id' },
    synchronize: false,
  })
  groups!: Relation<DeviceGroup[]>;

  static add(userId: number, name: string, issuedBy: number): Device {
    const device = new Device();
    device.userId = userId;
    device.issuedBy = issuedBy;
    device.name = name;
    device.lastSeenAt = null;
    device.groups = [];
    return device;
  }
}
