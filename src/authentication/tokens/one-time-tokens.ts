import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, returning } from '../database/database.js';
import type { User } from '../users/user.entity.js';
import { OneTimeToken, type TokenKind } from './one-time-token.entity.js';
import { digestOf } from './secret.js';

/** Whose token it is, and which address it was sent to. */
export interface TokenHolder {
  readonly userId: number;
  readonly realm: string;
  readonly sentTo: string;
}

interface HolderRow {
  user_id: string;
  realm: string;
  sent_to: string;
}

/** Issues, finds and consumes one-time tokens. The database's clock decides what has expired. */
@Injectable()
export class OneTimeTokens {
  constructor(private readonly database: Database) {}

  async issue(kind: TokenKind, user: User, sentTo: string, manager: EntityManager): Promise<string> {
    const { entity, secret } = OneTimeToken.issue(kind, user, sentTo);
    await manager.query(
      `INSERT INTO authentication.one_time_tokens (user_id, purpose, sent_to, digest, expires_at)
       VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))`,
      [entity.userId, entity.purpose, entity.sentTo, entity.digest, kind.lifetimeSeconds],
    );
    return secret;
  }

  /** Looks without consuming: for pages that a mail scanner may open. */
  async find(kind: TokenKind, secret: string, manager = this.database.manager): Promise<TokenHolder | null> {
    const rows = await manager.query<HolderRow[]>(
      `SELECT t.user_id, u.realm, t.sent_to FROM authentication.one_time_tokens t
       JOIN authentication.users u ON u.id = t.user_id
       WHERE t.digest = $1 AND t.purpose = $2 AND t.expires_at > now()`,
      [digestOf(secret), kind.purpose],
    );
    return holder(rows[0]);
  }

  /** One statement: of many at once, one wins. */
  async consume(kind: TokenKind, secret: string, manager: EntityManager): Promise<TokenHolder | null> {
    const rows = await returning<HolderRow>(
      manager,
      `DELETE FROM authentication.one_time_tokens t USING authentication.users u
       WHERE u.id = t.user_id AND t.digest = $1 AND t.purpose = $2 AND t.expires_at > now()
       RETURNING t.user_id, u.realm, t.sent_to`,
      [digestOf(secret), kind.purpose],
    );
    return holder(rows[0]);
  }

  /** Ends a user's tokens: of every purpose or of one, sent to any address or to one. */
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

  /** Ends all of a user's tokens but those of one purpose that were sent to one address. */
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
}

function holder(row: HolderRow | undefined): TokenHolder | null {
  return row === undefined ? null : { userId: Number(row.user_id), realm: row.realm, sentTo: row.sent_to };
}
