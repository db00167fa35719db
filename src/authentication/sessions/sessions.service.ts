import { Injectable } from '@nestjs/common';
import type { Client } from '../core/clients/client.js';
import { Database } from '../core/database/database.js';
import { UserEvents } from '../core/events/user-events.js';
import { AuthenticationLog } from '../core/log/authentication-log.js';
import { NotFound } from '../core/problems/problems.js';
import { limitsOf } from '../core/sessions/live-sessions.js';
import { Session } from '../core/sessions/session.entity.js';
import type { AuthenticationSettings } from '../core/settings/authentication.settings.js';
import { Settings } from '../core/settings/settings.js';
import type { User } from '../core/users/user.entity.js';
import type { Caller } from './caller.js';
import { CallerLock } from './caller-lock.js';
import { SessionRenewal } from './session-renewal.js';
import { SessionRevocation } from './session-revocation.js';
import type { StartedSession } from './session-start.js';

@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly callerLock: CallerLock,
    private readonly renewal: SessionRenewal,
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

  async end(caller: Caller, id: number, client: Client): Promise<void> {
    await this.find(caller.user, id);
    const ended = await this.callerLock.hold(caller, (user, manager) =>
      this.revocation.revoke(user, id, client, manager),
    );
    if (!ended) throw new NotFound();
    this.log.outcome('signed_out', caller.user, client);
  }

  async endOthers(caller: Caller, client: Client): Promise<void> {
    await this.callerLock.hold(caller, async (user, manager) => {
      await this.revocation.revokeOthers(caller, manager);
      await this.events.tell(manager, { action: 'signed_out', user, client });
    });
    this.log.outcome('signed_out_others', caller.user, client);
  }

  async endAll(caller: Caller, client: Client): Promise<void> {
    await this.callerLock.hold(caller, async (user, manager) => {
      await this.revocation.revokeAll(user, client, manager);
      await this.events.tell(manager, { action: 'signed_out', user, client });
    });
    this.log.outcome('signed_out_all', caller.user, client);
  }

  async renew(caller: Caller, client: Client): Promise<StartedSession> {
    if (!caller.renewable) return this.renewAgain(caller, client);
    const renewed = await this.renewal.renew(caller, this.database.manager);
    this.log.outcome('session_renewed', caller.user, client);
    return renewed;
  }

  private async renewAgain(caller: Caller, client: Client): Promise<StartedSession> {
    const { session, user } = caller;
    const renewed = await this.database.transaction(async (manager) => {
      const started = await this.renewal.renewAgain(caller, manager);
      await this.events.tell(manager, { action: 'renewed_again', user, client, session });
      return started;
    });
    this.log.outcome('session_renewed_again', user, client);
    return renewed;
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
