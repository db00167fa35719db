import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../core/clients/client.js';
import { Database } from '../core/database/database.js';
import { UserEvents } from '../core/events/user-events.js';
import { EMAIL_VERIFICATION_MAIL, NO_MAIL } from '../core/mail/mail-names.js';
import { MailQueue } from '../core/mail/mail-queue.js';
import type { AuthenticationSettings } from '../core/settings/authentication.settings.js';
import { Settings } from '../core/settings/settings.js';
import { NOBODY } from '../core/users/nobody.js';
import type { User } from '../core/users/user.entity.js';

/** Records failed sign-ins. Its time must not tell which addresses are known, so all of them run the same statements. */
@Injectable()
export class FailedSignIns {
  constructor(
    private readonly database: Database,
    private readonly events: UserEvents,
    private readonly mails: MailQueue,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  /** @param isRight whether the password was right, but accounts are concealed and this one was never verified */
  async record(user: User, isRight: boolean, client: Client): Promise<void> {
    await this.database.transaction(async (manager) => {
      // None waits for the disk: some write something, and some do not.
      await manager.query('SET LOCAL synchronous_commit = off');
      const fact = { action: 'sign_in_failed', user, client } as const;
      await (user.id === NOBODY ? this.events.tellUnknown(manager, fact) : this.events.tell(manager, fact));
      if (this.settings.concealAccounts) await this.mailLink(user, isRight, client, manager);
    });
  }

  /** The owner of a new account learns in this way why the right password is refused. */
  private mailLink(
    { realm, email }: User,
    isRight: boolean,
    client: Client,
    manager: EntityManager,
  ): Promise<void> {
    const message = isRight ? EMAIL_VERIFICATION_MAIL : NO_MAIL;
    return this.mails.enqueue(manager, { message, realm, address: email, client });
  }
}
