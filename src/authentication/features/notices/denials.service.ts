import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { Database } from '../../core/database/database.js';
import { UserEvents } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { InvalidToken } from '../../core/problems/problems.js';
import { holderWithin, OneTimeTokens, type TokenHolder } from '../../core/tokens/one-time-tokens.js';
import { UsedLinks } from '../../core/tokens/used-links.js';
import { lockedUser } from '../../core/users/locked-user.js';
import type { User } from '../../core/users/user.entity.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import { AddressReversals } from '../../identity/email/address-reversals.js';
import { SessionRevocation } from '../../sessions/session-revocation.js';
import { KnownDevices } from './known-devices.js';
import type { ConsumedNotice } from './notice-rows.js';
import { SignInNotices } from './sign-in-notices.js';

/** The owner answers a notice with "It was not me". */
@Injectable()
export class DenialsService {
  constructor(
    private readonly database: Database,
    private readonly notices: SignInNotices,
    private readonly devices: KnownDevices,
    private readonly addresses: AddressReversals,
    private readonly tokens: OneTimeTokens,
    private readonly links: UsedLinks,
    private readonly revocation: SessionRevocation,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  /** Finds whose notice it is, without consuming the token. @throws InvalidToken */
  async holderOf(token: string | null, asked: RealmOfRequest): Promise<TokenHolder> {
    const holder = token === null ? null : await this.notices.find(token);
    return holderWithin(holder, asked);
  }

  /**
   * Ends that session and every later one, with all that they added, and mails a link to a new password. An address that
   * was changed since the notice becomes the account's again, and all access ends. @throws InvalidToken
   */
  async deny(token: string, asked: RealmOfRequest, client: Client): Promise<TokenHolder> {
    const holder = await this.holderOf(token, asked);
    const user = await this.database.transaction((manager) => this.apply(holder, token, client, manager));
    this.log.outcome('sign_in_denied', user, client);
    return holder;
  }

  private async apply(
    { userId }: TokenHolder,
    token: string,
    client: Client,
    manager: EntityManager,
  ): Promise<User> {
    const user = await lockedUser(manager, userId);
    const notice = await this.notices.consume(token, manager);
    if (user === null || notice === null) throw new InvalidToken();
    await this.devices.forget(user, notice, manager);
    await this.takeBack(user, notice, client, manager);
    await this.links.keep('sign_in_denial', token, manager);
    return user;
  }

  /** Deletes what the reported session and all later ones added, and gives the owner a way to a new password. */
  private async takeBack(
    user: User,
    notice: ConsumedNotice,
    client: Client,
    manager: EntityManager,
  ): Promise<void> {
    const { sessionId: session, sentTo } = notice;
    const since = session === null ? { time: notice.createdAt } : { session };
    if (user.email !== sentTo) {
      const restored = await this.addresses.takeBack(user, sentTo, since, client, manager);
      if (!restored) throw new InvalidToken();
      return;
    }
    await this.disarm(user, notice, manager);
    if (session === null) await this.revocation.revokeAll(user, client, manager);
    else await this.revocation.revokeSince(user, session, client, manager);
    await this.events.tell(manager, { action: 'taken_back', user, client, since });
    await this.addresses.mailReset(user, client, manager);
  }

  /**
   * Takes from the attacker what would undo the mailed reset: the link of a requested address, and a password that was
   * set since. With that password, the attacker could sign in again and set another one, which ends every reset.
   */
  private async disarm(
    user: User,
    { passwordChanged }: ConsumedNotice,
    manager: EntityManager,
  ): Promise<void> {
    if (user.unconfirmedEmail !== null)
      await this.tokens.revoke(user.id, manager, { sentTo: user.unconfirmedEmail });
    if (passwordChanged) user.takeBack();
    else user.dropRequestedEmail();
    await manager.save(user);
  }
}
