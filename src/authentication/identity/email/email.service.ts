import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { Database } from '../../core/database/database.js';
import { UserEvents } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { addressedTo } from '../../core/mail/mail-job.js';
import { EMAIL_VERIFICATION_MAIL } from '../../core/mail/mail-names.js';
import { MailQueue } from '../../core/mail/mail-queue.js';
import { InvalidBody } from '../../core/problems/problems.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { OneTimeTokens } from '../../core/tokens/one-time-tokens.js';
import type { User } from '../../core/users/user.entity.js';
import { CurrentPassword } from '../../passwords/current-password.js';
import type { Caller } from '../../sessions/caller.js';
import { CallerLock } from '../../sessions/caller-lock.js';
import type { ChangeEmailDto } from './dto/change-email.dto.js';
import { EMAIL_CHANGE_REQUESTED_MAIL } from './email-change-requested.mail.js';
import { EmailReversals } from './email-reversals.js';
import { TakenAddresses } from './taken-addresses.js';

@Injectable()
export class EmailService {
  constructor(
    private readonly database: Database,
    private readonly callerLock: CallerLock,
    private readonly currentPassword: CurrentPassword,
    private readonly tokens: OneTimeTokens,
    private readonly addresses: TakenAddresses,
    private readonly reversals: EmailReversals,
    private readonly mails: MailQueue,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  /** Keeps the current address until the link sent to the new one is used. @throws InvalidBody `already_registered` */
  async change(caller: Caller, body: ChangeEmailDto, client: Client): Promise<User> {
    const { user } = caller;
    await this.currentPassword.verify(user, body.current_password, client);
    if (!this.settings.concealAccounts && (await this.isRegistered(user, body.email))) {
      throw InvalidBody.of('email', 'already_registered');
    }
    const changed = await this.database.transaction(async (manager) => {
      const current = await this.currentPassword.confirm(caller, manager);
      await this.dropWaiting(current, manager);
      current.requestEmail(body.email);
      await manager.save(current);
      await this.events.tell(manager, { action: 'email_change_requested', user: current, client });
      await this.mailNew(current, body.email, client, manager);
      if (current.verified) await this.mailOld(current, body.email, caller, client, manager);
      return current;
    });
    this.log.outcome('email_change_requested', changed, client);
    return changed;
  }

  /** Cancels a requested change, and ends its link. */
  async cancel(caller: Caller, client: Client): Promise<User> {
    const changed = await this.callerLock.hold(caller, async (current, manager) => {
      await this.dropWaiting(current, manager);
      return manager.save(current);
    });
    this.log.outcome('email_change_cancelled', changed, client);
    return changed;
  }

  private async dropWaiting(user: User, manager: EntityManager): Promise<void> {
    if (user.unconfirmedEmail === null) return;
    await this.tokens.revoke(user.id, manager, { sentTo: user.unconfirmedEmail });
    user.dropRequestedEmail();
  }

  private mailNew(user: User, email: string, client: Client, manager: EntityManager): Promise<void> {
    const mail = { ...addressedTo(user), message: EMAIL_VERIFICATION_MAIL, address: email };
    return this.mails.enqueue(manager, { ...mail, client });
  }

  private async mailOld(
    user: User,
    email: string,
    caller: Caller,
    client: Client,
    manager: EntityManager,
  ): Promise<void> {
    const reversal = await this.reversals.open(user, caller, manager);
    const notice = { message: EMAIL_CHANGE_REQUESTED_MAIL, facts: { new_email: email, reversal } };
    await this.mails.enqueue(manager, { ...addressedTo(user), ...notice, client });
  }

  /** The user's own address is registered, too. */
  private async isRegistered({ id, realm, email: own }: User, email: string): Promise<boolean> {
    return email === own || this.addresses.isTaken(email, realm, id);
  }
}
