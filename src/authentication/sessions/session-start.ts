import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../core/clients/client.js';
import { Database } from '../core/database/database.js';
import { UserEvents } from '../core/events/user-events.js';
import { Session } from '../core/sessions/session.entity.js';
import type { AuthenticationSettings } from '../core/settings/authentication.settings.js';
import { Settings } from '../core/settings/settings.js';
import type { User } from '../core/users/user.entity.js';
import { BodyExtensions, type ExtraFields } from '../http/body/body-extensions.js';
import { SignInDto } from './dto/sign-in.dto.js';
import { SessionInsert } from './session-insert.js';

/** A session and its new token in clear, which is sent to the client once. */
export interface StartedSession {
  readonly session: Session;
  readonly token: string;
}

/** Starts sessions. The module does not export it: use `SignInService.enter`. */
@Injectable()
export class SessionStart {
  private readonly insert: SessionInsert;

  constructor(
    database: Database,
    private readonly extensions: BodyExtensions,
    private readonly events: UserEvents,
    @Settings() settings: AuthenticationSettings,
  ) {
    this.insert = new SessionInsert(database.dataSource, settings);
  }

  async start(
    user: User,
    client: Client,
    extra: ExtraFields,
    manager: EntityManager,
  ): Promise<StartedSession> {
    const { entity, secret } = Session.start(user, client);
    const session = await this.insert.run(entity, manager);
    await this.extensions.apply(SignInDto, extra, { user, client, session }, manager);
    await this.events.tell(manager, { action: 'signed_in', user, client, session });
    return { session, token: secret };
  }
}
