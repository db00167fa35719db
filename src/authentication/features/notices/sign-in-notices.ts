import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, returning } from '../../core/database/database.js';
import type { MailAttempt } from '../../core/mail/mail-attempt.js';
import { Realms } from '../../core/realms/realms.js';
import { Sweeper } from '../../core/sweeping/sweeper.js';
import type { TokenHolder } from '../../core/tokens/one-time-tokens.js';
import { digestOf } from '../../core/tokens/secret.js';
import type { ConsumedNotice, NoticeRequest, NoticeRow } from './notice-rows.js';

/** SQL interval. The mail may be read late, and the session that it reports may live longer than this. */
const LIFETIME = "interval '7 days'";

/** Whatever was changed since: a thief who changes password and address must not be able to end the link. */
const IS_LIVE = 'u.id = n.user_id AND n.digest = $1 AND n.expires_at > now()';

/** The user and the device of the notice, if it was not forgotten since. */
const KNOWN = `authentication.users u JOIN authentication.known_devices k
  ON k.user_id = u.id AND k.family = $3 AND k.network = $4`;
/** The user still has the address: a mail that was queued before a takeover goes to nobody. */
const IS_NEWS = 'u.id = $1 AND u.email = $2';

/**
 * The tokens of mailed notices. They are not `OneTimeTokens`, because a new password ends those: a thief who changes the
 * password must not be able to end the link "It was not me".
 */
@Injectable()
export class SignInNotices implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly realms: Realms,
    private readonly sweeper: Sweeper,
  ) {}

  onModuleInit(): void {
    this.sweeper.add({ table: 'sign_in_notices', condition: 'expires_at <= now()' });
  }

  /**
   * Issues the token of a notice. All tries of a mail share one row.
   * @returns null when no mail must be sent: the user has another address, the device was forgotten, the link of an
   * earlier try was used, or the address has reached its limit of mails
   */
  async issue(notice: NoticeRequest, attempt: MailAttempt): Promise<string | null> {
    const secret = attempt.secret('sign_in_notice');
    const issued = attempt.isFirst
      ? await this.insert(notice, secret, attempt)
      : await this.renew(notice, secret, attempt);
    return issued ? secret : null;
  }

  private async insert(notice: NoticeRequest, secret: string, attempt: MailAttempt): Promise<boolean> {
    const { userId, address, sessionId, device } = notice;
    const news = [userId, address, device.family, device.network];
    const [known] = await attempt.manager.query<unknown[]>(`SELECT 1 FROM ${KNOWN} WHERE ${IS_NEWS}`, news);
    if (known === undefined || !(await attempt.admit())) return false;
    const rows = await attempt.manager.query<unknown[]>(
      `INSERT INTO authentication.sign_in_notices
         (user_id, sent_to, family, network, session_id, digest, job_id, expires_at)
       SELECT u.id, u.email, k.family, k.network, $5, $6, $7, now() + ${LIFETIME}
       FROM ${KNOWN} WHERE ${IS_NEWS} RETURNING 1`,
      [...news, sessionId, digestOf(secret), attempt.jobId],
    );
    return rows.length > 0;
  }

  /** The row decides, not the user's address: a thief may have changed it since the first try. */
  private async renew(
    { userId, address }: NoticeRequest,
    secret: string,
    { jobId, manager }: MailAttempt,
  ): Promise<boolean> {
    const rows = await returning(
      manager,
      `UPDATE authentication.sign_in_notices SET digest = $1, expires_at = now() + ${LIFETIME}
       WHERE job_id = $2 AND user_id = $3 AND sent_to = $4 RETURNING 1`,
      [digestOf(secret), jobId, userId, address],
    );
    return rows.length > 0;
  }

  /** Finds the notice without consuming it, for the page: a mail scanner may open it. */
  async find(secret: string): Promise<TokenHolder | null> {
    const [row] = await this.database.manager.query<{ user_id: string; realm: string; sent_to: string }[]>(
      `SELECT n.user_id, u.realm, n.sent_to
       FROM authentication.sign_in_notices n, authentication.users u WHERE ${IS_LIVE}`,
      [digestOf(secret)],
    );
    const realm = row === undefined ? null : await this.realms.find(row.realm);
    if (row === undefined || realm === null) return null;
    return { userId: Number(row.user_id), realm: row.realm, realmName: realm.name, sentTo: row.sent_to };
  }

  /** Consumes the token in one statement, so only one of several requests at the same time succeeds. */
  async consume(secret: string, manager: EntityManager): Promise<ConsumedNotice | null> {
    const [row] = await returning<NoticeRow>(
      manager,
      `DELETE FROM authentication.sign_in_notices n USING authentication.users u, authentication.known_devices k
       WHERE ${IS_LIVE} AND k.user_id = n.user_id AND k.family = n.family AND k.network = n.network
       RETURNING n.session_id, n.sent_to, n.created_at, k.first_seen_at, k.password_changed, n.family, n.network`,
      [digestOf(secret)],
    );
    if (row === undefined) return null;
    const { session_id: id, family, network } = row;
    return {
      sessionId: id === null ? null : Number(id),
      sentTo: row.sent_to,
      createdAt: row.created_at,
      firstSeenAt: row.first_seen_at,
      passwordChanged: row.password_changed,
      device: { family, network },
    };
  }
}
