import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { Database } from '../../core/database/database.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { InvalidToken } from '../../core/problems/problems.js';
import { holderWithin, type TokenHolder } from '../../core/tokens/one-time-tokens.js';
import { UsedLinks } from '../../core/tokens/used-links.js';
import { lockedUser } from '../../core/users/locked-user.js';
import type { User } from '../../core/users/user.entity.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import { AddressReversals } from './address-reversals.js';
import { EmailReversals } from './email-reversals.js';

/** The owner of the old address takes the account back. */
@Injectable()
export class EmailReversalService {
  constructor(
    private readonly database: Database,
    private readonly reversals: EmailReversals,
    private readonly addresses: AddressReversals,
    private readonly links: UsedLinks,
    private readonly log: AuthenticationLog,
  ) {}

  /** Finds the user and the address of a link, without consuming it. @throws InvalidToken */
  async holderOf(token: string | null, asked: RealmOfRequest): Promise<TokenHolder> {
    const holder = token === null ? null : await this.reversals.find(token);
    return holderWithin(holder, asked);
  }

  /** @throws InvalidToken */
  async reverse(token: string, asked: RealmOfRequest, client: Client): Promise<TokenHolder> {
    const holder = await this.holderOf(token, asked);
    const user = await this.database.transaction((manager) => this.apply(holder, token, client, manager));
    this.log.outcome('taken_back', user, client);
    return holder;
  }

  private async apply(
    { userId }: TokenHolder,
    token: string,
    client: Client,
    manager: EntityManager,
  ): Promise<User> {
    const user = await lockedUser(manager, userId);
    const reversal = await this.reversals.consume(token, manager);
    if (user === null || reversal === null) throw new InvalidToken();
    const { sentTo, requestedAt: time } = reversal;
    if (!(await this.addresses.takeBack(user, sentTo, { time }, client, manager))) throw new InvalidToken();
    await this.links.keep('email_reversal', token, manager);
    return user;
  }
}
