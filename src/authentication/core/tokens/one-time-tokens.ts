import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, returning } from '../database/database.js';
import { InvalidToken } from '../problems/problems.js';
import type { AskedRealm } from '../realms/realm.js';
import { Realms } from '../realms/realms.js';
import type { User } from '../users/user.entity.js';
import { OneTimeToken, type TokenKind } from './one-time-token.entity.js';
import { digestOf } from './secret.js';

/** The user of a token, and the address that it was sent to. */
export interface TokenHolder {
  readonly userId: number;
  readonly realm: string;
  /** for the pages that the token opens */
  readonly realmName: string;
  readonly sentTo: string;
}

/**
 * A mailed token is used in its own realm; a request that chose another realm may not use it.
 * @throws InvalidToken
 */
export function holderWithin(holder: TokenHolder | null, { realm, chosen }: AskedRealm): TokenHolder {
  if (holder === null || (chosen && realm.id !== holder.realm)) throw new InvalidToken();
  return holder;
}

export interface IssuedToken {
  readonly secret: string;
  readonly expiresAt: Date;
}

interface HolderRow {
  user_id: string;
  realm: string;
  sent_to: string;
}

/** Issues, finds and consumes one-time tokens. The database's clock decides whether a token has expired. */
@Injectable()
export class OneTimeTokens {
  constructor(
    private readonly database: Database,
    private readonly realms: Realms,
  ) {}

  /** The returned secret exists in clear nowhere else. */
  async issue(kind: TokenKind, user: User, sentTo: string, manager: EntityManager): Promise<IssuedToken> {
    const { entity, secret } = OneTimeToken.issue(kind, user, sentTo);
    const [row] = await manager.query<{ expires_at: Date }[]>(
      `INSERT INTO authentication.one_time_tokens (user_id, purpose, sent_to, digest, expires_at)
       VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5)) RETURNING expires_at`,
      [entity.userId, entity.purpose, entity.sentTo, entity.digest, kind.lifetimeSeconds],
    );
    if (row === undefined) throw new Error('an insert returned no row');
    return { secret, expiresAt: row.expires_at };
  }

  /** Finds a token without using it up, for pages that mail scanners open. Null also if its realm does not exist. */
  async find(kind: TokenKind, secret: string, manager = this.database.manager): Promise<TokenHolder | null> {
    const rows = await manager.query<HolderRow[]>(
      `SELECT t.user_id, u.realm, t.sent_to FROM authentication.one_time_tokens t
       JOIN authentication.users u ON u.id = t.user_id
       WHERE t.digest = $1 AND t.purpose = $2 AND t.expires_at > now()`,
      [digestOf(secret), kind.purpose],
    );
    return this.holder(rows[0], manager);
  }

  /** Uses a token up. It is one statement, so that only one of several concurrent calls gets the token. */
  async consume(kind: TokenKind, secret: string, manager: EntityManager): Promise<TokenHolder | null> {
    const rows = await returning<HolderRow>(
      manager,
      `DELETE FROM authentication.one_time_tokens t USING authentication.users u
       WHERE u.id = t.user_id AND t.digest = $1 AND t.purpose = $2 AND t.expires_at > now()
       RETURNING t.user_id, u.realm, t.sent_to`,
      [digestOf(secret), kind.purpose],
    );
    return this.holder(rows[0], manager);
  }

  /** Uses a token up like `consume`, and keeps its digest for another purpose until it expires. */
  async turnInto(
    kind: TokenKind,
    from: TokenKind,
    secret: string,
    manager: EntityManager,
  ): Promise<TokenHolder | null> {
    const rows = await returning<HolderRow>(
      manager,
      `UPDATE authentication.one_time_tokens t SET purpose = $3 FROM authentication.users u
       WHERE u.id = t.user_id AND t.digest = $1 AND t.purpose = $2 AND t.expires_at > now()
       RETURNING t.user_id, u.realm, t.sent_to`,
      [digestOf(secret), from.purpose, kind.purpose],
    );
    return this.holder(rows[0], manager);
  }

  /** Deletes the tokens of a user: all, or only those of one purpose or to one address. */
  async revoke(
    userId: number,
    manager: EntityManager,
    only: { purpose?: string; sentTo?: string } = {},
  ): Promise<void> {
    await manager.query(
      `DELETE FROM authentication.one_time_tokens
       WHERE user_id = $1 AND ($2::text IS NULL OR purpose = $2) AND ($3::text IS NULL OR sent_to = $3)`,
      [userId, only.purpose ?? null, only.sentTo ?? null],
    );
  }

  /** Deletes all tokens of a user, except those of one purpose that were sent to one address. */
  async revokeOthers(
    userId: number,
    kept: { purpose: string; sentTo: string },
    manager: EntityManager,
  ): Promise<void> {
    await manager.query(
      `DELETE FROM authentication.one_time_tokens
       WHERE user_id = $1 AND NOT (purpose = $2 AND sent_to = $3)`,
      [userId, kept.purpose, kept.sentTo],
    );
  }

  private async holder(row: HolderRow | undefined, manager: EntityManager): Promise<TokenHolder | null> {
    const realm = row === undefined ? null : await this.realms.find(row.realm, manager);
    if (row === undefined || realm === null) return null;
    return { userId: Number(row.user_id), realm: row.realm, realmName: realm.name, sentTo: row.sent_to };
  }
}
