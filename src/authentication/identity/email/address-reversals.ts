import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { breaksUnique } from '../../core/database/database-failure.js';
import type { AttackStart } from '../../core/events/attack-start.js';
import { UserEvents } from '../../core/events/user-events.js';
import { addressedTo } from '../../core/mail/mail-job.js';
import { MailLimits } from '../../core/mail/mail-limits.js';
import { PASSWORD_RESET_MAIL } from '../../core/mail/mail-names.js';
import { MailQueue } from '../../core/mail/mail-queue.js';
import { OneTimeTokens } from '../../core/tokens/one-time-tokens.js';
import { EMAIL_UNIQUE_IN_REALM, User } from '../../core/users/user.entity.js';
import { SessionRevocation } from '../../sessions/session-revocation.js';
import { TakenAddresses } from './taken-addresses.js';

/** Gives an account back to the owner of an address, after an attacker had it. */
@Injectable()
export class AddressReversals {
  constructor(
    private readonly addresses: TakenAddresses,
    private readonly tokens: OneTimeTokens,
    private readonly revocation: SessionRevocation,
    private readonly limits: MailLimits,
    private readonly mails: MailQueue,
    private readonly events: UserEvents,
  ) {}

  /**
   * The address is the account's again, and verified. The password, a requested change, all links, sessions and other
   * access end, and so does what was added since the attack began. A reset is mailed to the address.
   * @param user locked in the transaction of `manager`
   * @returns false when another account has the address by now: this account then keeps its own, and no reset is mailed.
   * That cannot happen while a reversal to the address is open
   */
  async takeBack(
    user: User,
    address: string,
    since: AttackStart,
    client: Client,
    manager: EntityManager,
  ): Promise<boolean> {
    user.takeBack();
    await manager.save(user);
    const restored = await this.restore(user, address, manager);
    await this.tokens.revoke(user.id, manager);
    await this.revocation.revokeAll(user, client, manager);
    await this.events.tell(manager, { action: 'taken_back', user, client, since });
    if (restored) await this.mailReset(user, client, manager);
    return restored;
  }

  private async restore(user: User, address: string, manager: EntityManager): Promise<boolean> {
    if (await this.addresses.isKept(address, user.realm, user.id, manager)) return false;
    try {
      // A savepoint, because the whole transaction would fail at a taken address.
      await manager.transaction((inner) =>
        inner.update(User, { id: user.id }, { email: address, verified: true }),
      );
    } catch (error) {
      if (breaksUnique(error, EMAIL_UNIQUE_IN_REALM)) return false;
      throw error;
    }
    user.email = address;
    user.verified = true;
    return true;
  }

  /** Mails the way to a new password, whatever limit an attacker has used up. */
  async mailReset(user: User, client: Client, manager: EntityManager): Promise<void> {
    await this.limits.restart(user, manager);
    await this.mails.enqueue(manager, { message: PASSWORD_RESET_MAIL, ...addressedTo(user), client });
  }
}
