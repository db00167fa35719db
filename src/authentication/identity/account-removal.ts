import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../core/clients/client.js';
import { isStillReferenced } from '../core/database/database-failure.js';
import { Database } from '../core/database/database.js';
import { UserEvents } from '../core/events/user-events.js';
import { MailQueue } from '../core/mail/mail-queue.js';
import { InUse } from '../core/problems/problems.js';
import { User } from '../core/users/user.entity.js';

/** Deletes users, with everything that belongs to them. */
@Injectable()
export class AccountRemoval {
  constructor(
    private readonly database: Database,
    private readonly mails: MailQueue,
    private readonly events: UserEvents,
  ) {}

  /** A transaction in which `remove` is called. @throws InUse when a foreign key forbids it: nothing is deleted */
  async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await this.database.transaction(work);
    } catch (error) {
      // Caught outside the transaction, because a deferred foreign key is checked only at the commit.
      throw isStillReferenced(error) ? new InUse() : error;
    }
  }

  /** @param user locked in the transaction */
  async remove(user: User, client: Client, manager: EntityManager): Promise<void> {
    await this.events.tell(manager, { action: 'deleted', user, client });
    await manager.delete(User, { id: user.id });
    await this.mails.forget(manager, user);
  }
}
