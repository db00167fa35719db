import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../core/clients/client.js';
import { UserEvents } from '../core/events/user-events.js';
import { isLiveSession, limitsOf } from '../core/sessions/live-sessions.js';
import { Session } from '../core/sessions/session.entity.js';
import type { AuthenticationSettings } from '../core/settings/authentication.settings.js';
import { Settings } from '../core/settings/settings.js';
import type { User } from '../core/users/user.entity.js';
import { BodyExtensions, type ExtraFields } from '../http/body/body-extensions.js';
import { SignInDto } from './dto/sign-in.dto.js';

/** The live sessions that a user may have. One more ends the oldest. */
const MAX_SESSIONS = 100;

/** A session and its new token in clear, which is sent to the client once. */
export interface StartedSession {
  readonly session: Session;
  readonly token: string;
}

/** Starts sessions. The module does not export it: use `SignInService.enter`. */
@Injectable()
export class SessionStart {
  constructor(
    private readonly extensions: BodyExtensions,
    private readonly events: UserEvents,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  async start(
    user: User,
    client: Client,
    extra: ExtraFields,
    manager: EntityManager,
  ): Promise<StartedSession> {
    const { entity, secret } = Session.start(user, client);
    const session = await manager.save(entity);
    await this.endOldest(user, manager);
    await this.extensions.apply(SignInDto, extra, { user, client, session }, manager);
    await this.events.tell(manager, { action: 'signed_in', user, client, session });
    return { session, token: secret };
  }

  private async endOldest(user: User, manager: EntityManager): Promise<void> {
    const limits = limitsOf(this.settings);
    await manager.query(
      `DELETE FROM authentication.sessions s WHERE s.user_id = $1 AND NOT (${isLiveSession('s', 2)})`,
      [user.id, ...limits],
    );
    await manager.query(
      `DELETE FROM authentication.sessions WHERE id IN (
         SELECT id FROM authentication.sessions WHERE user_id = $1 ORDER BY id DESC OFFSET ${MAX_SESSIONS})`,
      [user.id],
    );
  }
}
