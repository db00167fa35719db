import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { UserEvents } from '../../core/events/user-events.js';
import { addressedTo } from '../../core/mail/mail-job.js';
import { MailQueue } from '../../core/mail/mail-queue.js';
import type { User } from '../../core/users/user.entity.js';
import { TWO_FACTOR_CHANGED_MAIL, type TwoFactorChange } from './two-factor-changed.mail.js';

/** Reports a change of the second factor, in its transaction: to the listeners, and to the user by mail. */
@Injectable()
export class TwoFactorNews {
  constructor(
    private readonly events: UserEvents,
    private readonly mails: MailQueue,
  ) {}

  async tell(
    action: TwoFactorChange,
    user: User,
    client: Client,
    manager: EntityManager,
    facts: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await this.events.tell(manager, { action, user, client });
    await this.mails.enqueue(manager, {
      message: TWO_FACTOR_CHANGED_MAIL,
      ...addressedTo(user),
      client,
      facts: { action, ...facts },
    });
  }
}
