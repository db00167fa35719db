import { Injectable } from '@nestjs/common';
import { Database } from '../../core/database/database.js';
import { InvalidToken } from '../../core/problems/problems.js';
import { EMAIL_VERIFICATION, EMAIL_VERIFIED } from '../../core/tokens/email-verification.token.js';
import type { TokenKind } from '../../core/tokens/one-time-token.entity.js';
import { OneTimeTokens, type TokenHolder } from '../../core/tokens/one-time-tokens.js';
import { User } from '../../core/users/user.entity.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';

/** What a mailed link holds; null for what is missing in a request. */
export interface VerificationLink {
  /** in canonical form */
  readonly email: string | null;
  readonly token: string | null;
}

/** A link that works, and the user who asked for it. */
export interface VerificationClaim extends TokenHolder {
  readonly user: User;
}

/** Finds the links that verify an address, without using them up. */
@Injectable()
export class VerificationLinks {
  constructor(
    private readonly database: Database,
    private readonly tokens: OneTimeTokens,
  ) {}

  /** @throws InvalidToken */
  async holderOf(link: VerificationLink, asked: RealmOfRequest): Promise<TokenHolder> {
    const holder = await this.find(EMAIL_VERIFICATION, link, asked);
    if (holder === null) throw new InvalidToken();
    return holder;
  }

  /** @throws InvalidToken */
  async claimOf(link: VerificationLink, asked: RealmOfRequest): Promise<VerificationClaim> {
    const holder = await this.holderOf(link, asked);
    const user = await this.database.manager.findOneBy(User, { id: holder.userId });
    if (user === null) throw new InvalidToken();
    return { ...holder, user };
  }

  /** @returns null unless the link has verified the address, and the user still has it */
  async usedBy(link: VerificationLink, asked: RealmOfRequest): Promise<TokenHolder | null> {
    const holder = await this.find(EMAIL_VERIFIED, link, asked);
    if (holder === null) return null;
    const verified = { id: holder.userId, email: holder.sentTo, verified: true };
    return (await this.database.manager.existsBy(User, verified)) ? holder : null;
  }

  private async find(
    kind: TokenKind,
    { email, token }: VerificationLink,
    { chosen, realm }: RealmOfRequest,
  ): Promise<TokenHolder | null> {
    const holder = token === null ? null : await this.tokens.find(kind, token);
    const isMeant = holder !== null && holder.sentTo === email && (!chosen || realm.id === holder.realm);
    return isMeant ? holder : null;
  }
}
