import { Injectable } from '@nestjs/common';
import type { HttpResponse } from '../requests/http.js';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.module.js';
import type { StartedSession } from './session-start.js';
import type { Session } from './session.entity.js';
import { sessionView, type SessionView } from './session.view.js';

/** What a client gets of a session; the one place where its token leaves. */
@Injectable()
export class SessionAnswers {
  constructor(@Settings() private readonly settings: AuthenticationSettings) {}

  started({ session, token }: StartedSession, response: HttpResponse): SessionView {
    this.bear(token, response);
    return this.show(session, session);
  }

  bear(token: string, response: HttpResponse): void {
    response.header('X-Session-Token', token);
  }

  show(session: Session, current: Session): SessionView {
    return sessionView(session, this.settings, current.id);
  }
}
