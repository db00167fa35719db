import type { EntityManager } from 'typeorm';
import { User } from './user.entity.js';

/** Locks the user's row. Every change of a user starts here: concurrent changes wait, and overwrite nothing. */
export function lockedUser(manager: EntityManager, id: number): Promise<User | null> {
  return manager.findOne(User, { where: { id }, lock: { mode: 'for_no_key_update' } });
}
