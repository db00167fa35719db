import { Column, Entity, PrimaryColumn } from 'typeorm';
import { id, reference, time } from '../../core/database/columns.js';

/** SQL: how long an event is shown, and kept. A little more than a year, so that last year's can be compared. */
export const KEPT = "interval '400 days'";

/** What happened to a user, and from where. Never changed. */
@Entity({ name: 'events' })
export class ActivityEvent {
  @PrimaryColumn(id)
  id!: number;

  @Column(reference('user_id'))
  userId!: number;

  /** the name of the fact; features have facts of their own */
  @Column({ type: 'text' })
  action!: string;

  @Column({ name: 'user_agent', type: 'text', nullable: true })
  userAgent!: string | null;

  @Column({ name: 'ip_address', type: 'text', nullable: true })
  ipAddress!: string | null;

  @Column(time('created_at'))
  createdAt!: Date;
}
