import { Injectable } from '@nestjs/common';
import { Database } from '../../core/database/database.js';
import type { User } from '../../core/users/user.entity.js';
import { ActivityEvent, KEPT } from './activity-event.entity.js';

export const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 100;

@Injectable()
export class EventsService {
  constructor(private readonly database: Database) {}

  /** The user's events, newest first. @param before an id: lists only older events */
  listFor(user: User, limit: number, before: number | null): Promise<ActivityEvent[]> {
    const events = this.database.manager
      .createQueryBuilder(ActivityEvent, 'e')
      .where('e.user_id = :userId', { userId: user.id })
      .andWhere(`e.created_at > now() - ${KEPT}`)
      .orderBy('e.id', 'DESC')
      .limit(limit);
    if (before !== null) events.andWhere('e.id < :before', { before });
    return events.getMany();
  }
}
