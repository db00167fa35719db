import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, returning } from '../../core/database/database.js';
import { Realms } from '../../core/realms/realms.js';
import { Sweeper } from '../../core/sweeping/sweeper.js';
import type { TokenHolder } from '../../core/tokens/one-time-tokens.js';
import { digestOf, newSecret } from '../../core/tokens/secret.js';
import type { Device } from './device.js';

/** The mail may be read late; the session that it tells of lives longer. */
const LIFETIME = "interval '7 days'";

/** Sent to the address that the user still has: a link in an old mailbox ends nothing. */
const IS_LIVE = 'u.id = n.user_id AND u.email = n.sent_to AND n.digest = $1 AND n.expires_at > now()';

export interface NoticeRequest {
  readonly userId: number;
  readonly address: string;
  readonly sessionId: number | null;
  readonly device: Device;
}

export interface ConsumedNotice {
  /** null: it ended already */
  readonly sessionId: number | null;
  readonly device: Pick<Device, 'family' | 'network'>;
}

/**
 * The tokens of mailed notices. Not `OneTimeTokens`, which end with the password: a thief who changes it must not
 * disarm the link that says "it was not me".
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

  /** @returns null when there is nothing to tell any more: the address is another, or the device was forgotten */
  async issue({ userId, address, sessionId, device }: NoticeRequest): Promise<string | null> {
    const secret = newSecret();
    const rows = await this.database.manager.query<unknown[]>(
      `INSERT INTO authentication.sign_in_notices (digest, user_id, family, network, session_id, sent_to, expires_at)
       SELECT $1, u.id, k.family, k.network, s.id, u.email, now() + ${LIFETIME}
       FROM authentication.users u
       JOIN authentication.known_devices k ON k.user_id = u.id AND k.family = $4 AND k.network = $5
       LEFT JOIN authentication.sessions s ON s.user_id = u.id AND s.id = $6
       WHERE u.id = $2 AND u.email = $3 RETURNING 1`,
      [digestOf(secret), userId, address, device.family, device.network, sessionId],
    );
    return rows.length === 0 ? null : secret;
  }

  /** Looks without consuming: for the page, which a mail scanner may open. */
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

  /** One statement: of many at once, one wins. */
  async consume(secret: string, manager: EntityManager): Promise<ConsumedNotice | null> {
    const [row] = await returning<{ session_id: string | null; family: string; network: string }>(
      manager,
      `DELETE FROM authentication.sign_in_notices n USING authentication.users u WHERE ${IS_LIVE}
       RETURNING n.session_id, n.family, n.network`,
      [digestOf(secret)],
    );
    if (row === undefined) return null;
    const { session_id: id, ...device } = row;
    return { sessionId: id === null ? null : Number(id), device };
  }
}
