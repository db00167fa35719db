import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../core/clients/client.js';
import { Database } from '../core/database/database.js';
import { ALREADY_REGISTERED_MAIL, EMAIL_VERIFICATION_MAIL } from '../core/mail/mail-names.js';
import { MailQueue } from '../core/mail/mail-queue.js';
import { NOBODY } from '../core/users/nobody.js';
import { User } from '../core/users/user.entity.js';
import type { ExtraFields } from '../http/body/body-extensions.js';
import { TakenAddresses } from '../identity/email/taken-addresses.js';
import { AddressTaken, NewUsers } from './new-users.js';

/**
 * A sign-up that does not tell whether its address is taken, in its time neither. For a taken address a user with a
 * random address is written, with all that features add, and undone: the same statements, and the same commit.
 */
@Injectable()
export class ConcealedSignUp {
  constructor(
    private readonly database: Database,
    private readonly addresses: TakenAddresses,
    private readonly users: NewUsers,
    private readonly mails: MailQueue,
  ) {}

  /** @returns null for a taken address, whose owner is mailed. @throws InvalidBody, alike for both */
  async register(registered: User, extra: ExtraFields, client: Client): Promise<User | null> {
    const { realm, email } = registered;
    const attempt = () =>
      this.database.transaction(async (manager) => {
        const isTaken = await this.addresses.isTaken(email, realm, NOBODY, manager);
        const user = Object.assign(new User(), registered, { email: isTaken ? unusedAddress() : email });
        await this.write(user, isTaken, extra, client, manager);
        const message = isTaken ? ALREADY_REGISTERED_MAIL : EMAIL_VERIFICATION_MAIL;
        await this.mails.enqueue(manager, { message, realm, address: email, client });
        return isTaken ? null : user;
      });
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof AddressTaken)) throw error;
      // Another sign-up with this address was committed meanwhile.
      return attempt();
    }
  }

  private async write(
    user: User,
    isUndone: boolean,
    extra: ExtraFields,
    client: Client,
    manager: EntityManager,
  ): Promise<void> {
    await manager.query('SAVEPOINT sign_up');
    await this.users.write(user, extra, client, manager);
    await manager.query(isUndone ? 'ROLLBACK TO SAVEPOINT sign_up' : 'RELEASE SAVEPOINT sign_up');
  }
}

/** No user has it, and no mail reaches it (RFC 2606). */
function unusedAddress(): string {
  return `${randomUUID()}@concealed.invalid`;
}
