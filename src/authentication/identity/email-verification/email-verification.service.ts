import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { breaksUnique } from '../../core/database/database-failure.js';
import { Database } from '../../core/database/database.js';
import { UserEvents } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { InvalidToken } from '../../core/problems/problems.js';
import { EMAIL_VERIFICATION, EMAIL_VERIFIED } from '../../core/tokens/email-verification.token.js';
import { OneTimeTokens, type TokenHolder } from '../../core/tokens/one-time-tokens.js';
import { lockedUser } from '../../core/users/locked-user.js';
import { EMAIL_UNIQUE_IN_REALM, User } from '../../core/users/user.entity.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import { TakenAddresses } from '../email/taken-addresses.js';
import { VerificationLinks, type VerificationLink } from './verification-links.js';

/** Verifies an address whose mailed link was used. */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly database: Database,
    private readonly links: VerificationLinks,
    private readonly tokens: OneTimeTokens,
    private readonly addresses: TakenAddresses,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  /** @throws InvalidToken */
  async confirm(link: VerificationLink, asked: RealmOfRequest, client: Client): Promise<TokenHolder> {
    const holder = await this.links.holderOf(link, asked);
    try {
      const user = await this.database.transaction((manager) =>
        this.verify(holder, link.token ?? '', client, manager),
      );
      this.log.outcome('email_verified', user, client);
      return holder;
    } catch (error) {
      // Another user confirmed the same address first.
      if (breaksUnique(error, EMAIL_UNIQUE_IN_REALM)) throw new InvalidToken();
      throw error;
    }
  }

  /** For the button of the page: pressed twice, it confirms once, and answers twice that it did. @throws InvalidToken */
  async confirmOnPage(link: VerificationLink, asked: RealmOfRequest, client: Client): Promise<TokenHolder> {
    try {
      return await this.confirm(link, asked, client);
    } catch (error) {
      const confirmed = error instanceof InvalidToken ? await this.links.usedBy(link, asked) : null;
      if (confirmed === null) throw error;
      return confirmed;
    }
  }

  private async verify(
    holder: TokenHolder,
    token: string,
    client: Client,
    manager: EntityManager,
  ): Promise<User> {
    const user = await lockedUser(manager, holder.userId);
    const consumed = await this.tokens.turnInto(EMAIL_VERIFIED, EMAIL_VERIFICATION, token, manager);
    if (user === null || consumed === null) throw new InvalidToken();
    const changes = consumed.sentTo !== user.email;
    if (!user.verifyEmail(consumed.sentTo)) throw new InvalidToken();
    await manager.save(user);
    if (changes) await this.take(user, manager);
    else await this.tokens.revoke(user.id, manager, { ...EMAIL_VERIFICATION, sentTo: user.email });
    await this.events.tell(manager, { action: changes ? 'email_changed' : 'email_verified', user, client });
    return user;
  }

  /** A changed address ends all tokens of the user. When it stays, only its other verification links end. */
  private async take(user: User, manager: EntityManager): Promise<void> {
    if (await this.addresses.isKept(user.email, user.realm, user.id, manager)) throw new InvalidToken();
    const kept = { purpose: EMAIL_VERIFIED.purpose, sentTo: user.email };
    await this.tokens.revokeOthers(user.id, kept, manager);
  }
}
