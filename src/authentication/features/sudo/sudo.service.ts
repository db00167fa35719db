import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { Database, type Statement } from '../../core/database/database.js';
import { UserEvents, type UserFact, type UserListener } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { CurrentPassword } from '../../passwords/current-password.js';
import type { Caller } from '../../sessions/caller.js';
import { SessionRenewal } from '../../sessions/session-renewal.js';
import type { StartedSession } from '../../sessions/session-start.js';

const FRESH = "interval '30 minutes'";

/** A session without a row in `sudo_sessions` is fresh for 30 minutes after its start. */
const IS_FRESH: Statement = {
  name: 'authentication_sudo_2',
  text: `SELECT 1 FROM authentication.sessions s
    LEFT JOIN authentication.sudo_sessions f ON f.session_id = s.id
    WHERE s.id = $1 AND coalesce(f.fresh_until, s.created_at + ${FRESH}) > now()`,
};

/** A session is fresh for 30 minutes after it started, and after its user gave the password again. */
@Injectable()
export class SudoService implements UserListener, OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly currentPassword: CurrentPassword,
    private readonly renewal: SessionRenewal,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  onModuleInit(): void {
    this.events.listen(this);
  }

  /** A token in its grace period is not fresh: it may be from before the password was given (OWASP ASVS 7.2.4). */
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
      await setFreshUntil(`now() + ${FRESH}`, caller.session.id, manager);
      return started;
    });
    this.log.outcome('sudo_entered', caller.user, client);
    return renewed;
  }

  /** A token from before the password was given must not renew into a fresh one: the password is required again. */
  async onUserFact({ action, session }: UserFact, manager: EntityManager): Promise<void> {
    if (action === 'renewed_again' && session !== undefined)
      await setFreshUntil("'-infinity'", session.id, manager);
  }
}

async function setFreshUntil(moment: string, sessionId: number, manager: EntityManager): Promise<void> {
  await manager.query(
    `INSERT INTO authentication.sudo_sessions (session_id, fresh_until) VALUES ($1, ${moment})
     ON CONFLICT (session_id) DO UPDATE SET fresh_until = excluded.fresh_until`,
    [sessionId],
  );
}
