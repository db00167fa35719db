import { Column, Entity, PrimaryColumn, CreateDateColumn, ForeignKey, Index } from 'typeorm';
import { id, reference, time } from '../../core/database/columns.js';
import { SCHEMA } from '../../core/database/data-source.js';
import { User } from '../../core/users/user.entity.js';

/** SQL interval: how long an event is shown and kept. A little more than a year, to compare with the year before. */
export const KEPT = "interval '400 days'";

/** What happened to a user, and from which client. A row is never updated. */
@Entity({ name: 'events', schema: SCHEMA, synchronize: false })
@Index('events_user_id_idx', ['userId', 'id'])
@Index('events_created_at_idx', ['createdAt'])
export class ActivityEvent {
  @PrimaryColumn(id)
  id!: number;

  @ForeignKey(() => User, { name: 'events_user_id_fkey', onDelete: 'CASCADE' })
  @Column(reference('user_id'))
  userId!: number;

  /** the name of the fact in `UserFacts`; features add their own */
  @Column({ type: 'text' })
  action!: string;

  @Column({ name: 'user_agent', type: 'text', nullable: true })
  userAgent!: string | null;

  @Column({ name: 'ip_address', type: 'text', nullable: true })
  ipAddress!: string | null;

  @CreateDateColumn(time('created_at'))
  createdAt!: Date;
}
