import { Injectable } from '@nestjs/common';
import { Database, returning } from '../database/database.js';
import { AuthenticationLog } from '../logging/authentication-log.js';
import { AuthenticationRequired, NotFound } from '../problems/problems.js';
import type { Client } from '../requests/client.js';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.module.js';
import { digestOf, newSecret } from '../tokens/secret.js';
import { lockedUser } from '../users/locked-user.js';
import { UserEvents } from '../users/user-events.js';
import type { User } from '../users/user.entity.js';
import type { CurrentSession } from './current-session.js';
import { isLive, limitsOf } from './live-sessions.js';
import { SessionRevocation } from './session-revocation.js';
import type { StartedSession } from './session-start.js';
import { Session } from './session.entity.js';

/** Requests in flight with the old token are served this much longer after a renewal. */
const RENEWAL_GRACE_SECONDS = 30;

@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly revocation: SessionRevocation,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  listFor(user: User): Promise<Session[]> {
    return this.live(user).orderBy('s.id', 'DESC').getMany();
  }

  async find(user: User, id: number): Promise<Session> {
    const session = await this.live(user).andWhere('s.id = :id', { id }).getOne();
    if (session === null) throw new NotFound();
    return session;
  }

  async end(user: User, id: number, client: Client): Promise<void> {
    await this.find(user, id);
    const ended = await this.database.transaction((manager) =>
      this.revocation.revoke(user, id, client, manager),
    );
    if (!ended) throw new NotFound();
    this.log.outcome('signed_out', user, client);
  }

  async endOthers({ user, session }: CurrentSession, client: Client): Promise<void> {
    await this.database.transaction(async (manager) => {
      await lockedUser(manager, user.id);
      await this.revocation.revokeOthers(user, session.id, manager);
      await this.events.tell(manager, { action: 'signed_out', user, client });
    });
    this.log.outcome('signed_out_others', user, client);
  }

  async endAll(user: User, client: Client): Promise<void> {
    await this.database.transaction(async (manager) => {
      await lockedUser(manager, user.id);
      await this.revocation.revokeAll(user, client, manager);
      await this.events.tell(manager, { action: 'signed_out', user, client });
    });
    this.log.outcome('signed_out_all', user, client);
  }

  /** A new token for the same session; one statement, so of many renewals at once one wins. */
  async renew({ session, user, renewable }: CurrentSession, client: Client): Promise<StartedSession> {
    if (!renewable) throw new AuthenticationRequired();
    const token = newSecret();
    const rows = await returning<{ last_active_at: Date; updated_at: Date }>(
      this.database.manager,
      `UPDATE authentication.sessions s
       SET token_digest = $1, previous_token_digest = s.token_digest,
         previous_token_ends_at = now() + interval '${RENEWAL_GRACE_SECONDS} seconds',
         last_active_at = now(), updated_at = now()
       WHERE s.id = $2 AND s.token_digest = $3 AND ${isLive('s', 4)}
       RETURNING s.last_active_at, s.updated_at`,
      [digestOf(token), session.id, session.tokenDigest, ...limitsOf(this.settings)],
    );
    const [row] = rows;
    if (row === undefined) throw new AuthenticationRequired();
    this.log.outcome('session_renewed', user, client);
    const renewed = Object.assign(new Session(), session, {
      lastActiveAt: row.last_active_at,
      updatedAt: row.updated_at,
    });
    return { session: renewed, token };
  }

  private live(user: User) {
    const [idle, absolute] = limitsOf(this.settings);
    return this.database.manager
      .createQueryBuilder(Session, 's')
      .where('s.user_id = :userId', { userId: user.id })
      .andWhere('s.last_active_at > now() - make_interval(secs => :idle)', { idle })
      .andWhere('s.created_at > now() - make_interval(secs => :absolute)', { absolute });
  }
}
