import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, returning } from '../../core/database/database.js';
import { addedSince, attackStartValue } from '../../core/events/attack-start.js';
import { UserEvents, type UserFact, type UserListener } from '../../core/events/user-events.js';
import type { MailAttempt } from '../../core/mail/mail-attempt.js';
import { Realms } from '../../core/realms/realms.js';
import { Sweeper } from '../../core/sweeping/sweeper.js';
import type { TokenHolder } from '../../core/tokens/one-time-tokens.js';
import { digestOf } from '../../core/tokens/secret.js';
import type { User } from '../../core/users/user.entity.js';
import type { Caller } from '../../sessions/caller.js';

/** SQL interval. The owner may read the old mailbox late, and a thief's sessions may live longer than this. */
const LIFETIME = "interval '7 days'";
const IS_OPEN = 'r.digest = $1 AND r.expires_at > now()';

interface HolderRow {
  user_id: string;
  realm: string;
  sent_to: string;
}

export interface ConsumedReversal {
  readonly sentTo: string;
  /** when the change was requested */
  readonly requestedAt: Date;
}

/**
 * The links that take an address back. They are not `OneTimeTokens`, because a new password or address ends those: a
 * thief who changes them must not be able to end these links.
 */
@Injectable()
export class EmailReversals implements UserListener, OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly realms: Realms,
    private readonly sweeper: Sweeper,
    private readonly events: UserEvents,
  ) {}

  onModuleInit(): void {
    this.sweeper.add({ table: 'email_reversals', condition: 'expires_at <= now()' });
    this.events.listen(this);
  }

  /**
   * Call it in the transaction that requests the change, so that the address is kept from that moment on. The mail
   * issues the link. @returns the id
   */
  async open({ id: userId, email }: User, caller: Caller, manager: EntityManager): Promise<string> {
    const [row] = await manager.query<{ id: string }[]>(
      `INSERT INTO authentication.email_reversals (user_id, sent_to, issued_by, expires_at)
       VALUES ($1, $2, $3, now() + ${LIFETIME}) RETURNING id`,
      [userId, email, caller.session.id],
    );
    if (row === undefined) throw new Error('an insert returned no row');
    return row.id;
  }

  /**
   * Issues the secret for the mailed link; all tries of a mail get the same.
   * @returns null when the reversal is used, void or expired, or when the limit of mails is passed
   */
  async issue(id: string, sentTo: string, attempt: MailAttempt): Promise<string | null> {
    if (!(await attempt.admit())) return null;
    const secret = attempt.secret('email_reversal');
    const rows = await returning(
      attempt.manager,
      `UPDATE authentication.email_reversals SET digest = $1, expires_at = now() + ${LIFETIME}
       WHERE id = $2 AND sent_to = $3 AND expires_at > now() RETURNING 1`,
      [digestOf(secret), id, sentTo],
    );
    return rows.length === 0 ? null : secret;
  }

  /** Finds the reversal without consuming it, for the page: a mail scanner may open it. */
  async find(secret: string): Promise<TokenHolder | null> {
    const [row] = await this.database.manager.query<HolderRow[]>(
      `SELECT r.user_id, u.realm, r.sent_to FROM authentication.email_reversals r
       JOIN authentication.users u ON u.id = r.user_id WHERE ${IS_OPEN}`,
      [digestOf(secret)],
    );
    const realm = row === undefined ? null : await this.realms.find(row.realm);
    if (row === undefined || realm === null) return null;
    return { userId: Number(row.user_id), realm: row.realm, realmName: realm.name, sentTo: row.sent_to };
  }

  /** Consumes the reversal in one statement, so that only one of several requests at the same time gets it. */
  async consume(secret: string, manager: EntityManager): Promise<ConsumedReversal | null> {
    const [row] = await returning<{ sent_to: string; created_at: Date }>(
      manager,
      `DELETE FROM authentication.email_reversals r WHERE ${IS_OPEN} RETURNING r.sent_to, r.created_at`,
      [digestOf(secret)],
    );
    return row === undefined ? null : { sentTo: row.sent_to, requestedAt: row.created_at };
  }

  /** Voids the reversals of changes that were requested since an attack began: their links are in a thief's mailbox. */
  async onUserFact({ action, user, since }: UserFact, manager: EntityManager): Promise<void> {
    if (action !== 'taken_back' || since === undefined) return;
    await manager.query(
      `DELETE FROM authentication.email_reversals r WHERE r.user_id = $1 AND ${addedSince(since, 'r', 2)}`,
      [user.id, attackStartValue(since)],
    );
  }
}
