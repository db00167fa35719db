import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { InvalidToken } from '../../core/problems/problems.js';
import { EMAIL_VERIFICATION } from '../../core/tokens/email-verification.token.js';
import { OneTimeTokens, type TokenHolder } from '../../core/tokens/one-time-tokens.js';
import { UsedLinks } from '../../core/tokens/used-links.js';
import { lockedUser } from '../../core/users/locked-user.js';
import type { User } from '../../core/users/user.entity.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import { AccountRemoval } from '../account-removal.js';
import { VerificationLinks, type VerificationLink } from './verification-links.js';

export interface Denial extends TokenHolder {
  /** whether the account was deleted; otherwise it keeps its own address */
  readonly deleted: boolean;
}

/** The owner of an address answers the link with "It was not me". */
@Injectable()
export class EmailDenialService {
  constructor(
    private readonly links: VerificationLinks,
    private readonly tokens: OneTimeTokens,
    private readonly used: UsedLinks,
    private readonly removal: AccountRemoval,
    private readonly log: AuthenticationLog,
  ) {}

  /** @throws InvalidToken, InUse */
  async deny(link: VerificationLink, asked: RealmOfRequest, client: Client): Promise<Denial> {
    const holder = await this.links.holderOf(link, asked);
    const { user, deleted } = await this.removal.transaction((manager) =>
      this.apply(holder, link.token ?? '', client, manager),
    );
    this.log.outcome(deleted ? 'sign_up_denied' : 'email_change_denied', user, client);
    return { ...holder, deleted };
  }

  /** An account whose address was never verified belongs to nobody else: it is deleted as a whole. */
  private async apply(
    { userId, sentTo }: TokenHolder,
    token: string,
    client: Client,
    manager: EntityManager,
  ): Promise<{ user: User; deleted: boolean }> {
    const user = await lockedUser(manager, userId);
    const consumed = await this.tokens.consume(EMAIL_VERIFICATION, token, manager);
    if (consumed === null || user?.mayVerify(sentTo) !== true) throw new InvalidToken();
    const deleted = sentTo === user.email && !user.verified;
    if (deleted) await this.removal.remove(user, client, manager);
    else await this.drop(user, sentTo, manager);
    await this.used.keep('email_denial', token, manager);
    return { user, deleted };
  }

  private async drop(user: User, sentTo: string, manager: EntityManager): Promise<void> {
    user.dropRequestedEmail();
    await manager.save(user);
    await this.tokens.revoke(user.id, manager, { sentTo });
  }
}
