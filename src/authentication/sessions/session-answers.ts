import { Injectable } from '@nestjs/common';
import type { Session } from '../core/sessions/session.entity.js';
import type { AuthenticationSettings } from '../core/settings/authentication.settings.js';
import { Settings } from '../core/settings/settings.js';
import type { HttpResponse } from '../http/request/http.js';
import type { StartedSession } from './session-start.js';
import { sessionView, type SessionView } from './session.view.js';

/** Writes the answers about sessions. Only this class sends a session's token to a client. */
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
