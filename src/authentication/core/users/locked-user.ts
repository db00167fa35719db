import type { EntityManager } from 'typeorm';
import { User } from './user.entity.js';

/** Every change of a user starts here, so that two of them queue rather than overwrite one another. */
export function lockedUser(manager: EntityManager, id: number): Promise<User | null> {
  return manager.findOne(User, { where: { id }, lock: { mode: 'for_no_key_update' } });
}
