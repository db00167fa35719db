import { Injectable } from '@nestjs/common';
import { Database } from '../../core/database/database.js';

const HELD = 'SELECT 1 FROM authentication.users WHERE email = $1 AND realm = $2 AND id <> $3';
const KEPT = `SELECT 1 FROM authentication.email_reversals r JOIN authentication.users u ON u.id = r.user_id
  WHERE r.sent_to = $1 AND u.realm = $2 AND r.expires_at > now() AND u.id <> $3`;

/** Which addresses of a realm a user cannot get. */
@Injectable()
export class TakenAddresses {
  constructor(private readonly database: Database) {}

  /** Whether another user has the address, or may still take it back. @param except the user who wants it */
  async isTaken(
    email: string,
    realm: string,
    except: number,
    manager = this.database.manager,
  ): Promise<boolean> {
    const rows = await manager.query<unknown[]>(`${HELD} UNION ALL ${KEPT}`, [email, realm, except]);
    return rows.length > 0;
  }

  /**
   * Whether another user may still take the address back: then it counts as taken. Call it after you inserted or changed
   * the user's row, in that transaction: the unique key of addresses orders concurrent requests.
   */
  async isKept(
    email: string,
    realm: string,
    except: number,
    manager = this.database.manager,
  ): Promise<boolean> {
    const rows = await manager.query<unknown[]>(KEPT, [email, realm, except]);
    return rows.length > 0;
  }
}
