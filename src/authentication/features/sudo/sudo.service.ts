import { Injectable } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { Database, type Statement } from '../../core/database/database.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { CurrentPassword } from '../../passwords/current-password.js';
import type { Caller } from '../../sessions/caller.js';
import { SessionRenewal } from '../../sessions/session-renewal.js';
import type { StartedSession } from '../../sessions/session-start.js';

const FRESH = "interval '30 minutes'";

const IS_FRESH: Statement = {
  name: 'authentication_sudo_1',
  text: `SELECT 1 FROM authentication.sessions s
    LEFT JOIN authentication.sudo_sessions f ON f.session_id = s.id
    WHERE s.id = $1 AND (s.created_at > now() - ${FRESH} OR f.fresh_until > now())`,
};

/** Fresh sessions: those that began, or whose user gave the password again, within the last 30 minutes. */
@Injectable()
export class SudoService {
  constructor(
    private readonly database: Database,
    private readonly currentPassword: CurrentPassword,
    private readonly renewal: SessionRenewal,
    private readonly log: AuthenticationLog,
  ) {}

  /** A token that was renewed a moment ago is not fresh: a step-up ends what was known before it (OWASP ASVS 7.2.4). */
  async isFresh({ session, renewable }: Caller): Promise<boolean> {
    if (!renewable) return false;
    return (await this.database.run(IS_FRESH, [session.id])).length > 0;
  }

  /** @throws InvalidBody `incorrect` on `current_password`, TooManyRequests */
  async enter(caller: Caller, password: string, client: Client): Promise<StartedSession> {
    await this.currentPassword.verify(caller.user, password, client);
    const renewed = await this.database.transaction(async (manager) => {
      await this.currentPassword.confirm(caller, manager);
      const started = await this.renewal.renew(caller, manager);
      await manager.query(
        `INSERT INTO authentication.sudo_sessions (session_id, fresh_until) VALUES ($1, now() + ${FRESH})
         ON CONFLICT (session_id) DO UPDATE SET fresh_until = excluded.fresh_until`,
        [caller.session.id],
      );
      return started;
    });
    this.log.outcome('sudo_entered', caller.user, client);
    return renewed;
  }
}
