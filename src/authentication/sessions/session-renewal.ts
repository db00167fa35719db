import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { returning } from '../core/database/database.js';
import { AuthenticationRequired } from '../core/problems/problems.js';
import { isLiveSession, limitsOf } from '../core/sessions/live-sessions.js';
import { Session } from '../core/sessions/session.entity.js';
import type { AuthenticationSettings } from '../core/settings/authentication.settings.js';
import { Settings } from '../core/settings/settings.js';
import { digestOf, newSecret } from '../core/tokens/secret.js';
import type { Caller } from './caller.js';
import type { StartedSession } from './session-start.js';

/** Requests in flight with the old token are served this much longer after a renewal. */
const GRACE_SECONDS = 30;

/** A new token for the same session; one statement, so of many renewals at once one wins. */
@Injectable()
export class SessionRenewal {
  constructor(@Settings() private readonly settings: AuthenticationSettings) {}

  /** @throws AuthenticationRequired for a token that was renewed already */
  async renew({ session, renewable }: Caller, manager: EntityManager): Promise<StartedSession> {
    if (!renewable) throw new AuthenticationRequired();
    const token = newSecret();
    const [row] = await returning<{ last_active_at: Date; updated_at: Date }>(
      manager,
      `UPDATE authentication.sessions s
       SET token_digest = $1, previous_token_digest = s.token_digest,
         previous_token_ends_at = now() + interval '${GRACE_SECONDS} seconds',
         last_active_at = now(), updated_at = now()
       WHERE s.id = $2 AND s.token_digest = $3 AND ${isLiveSession('s', 4)}
       RETURNING s.last_active_at, s.updated_at`,
      [digestOf(token), session.id, session.tokenDigest, ...limitsOf(this.settings)],
    );
    if (row === undefined) throw new AuthenticationRequired();
    const times = { lastActiveAt: row.last_active_at, updatedAt: row.updated_at };
    return { session: Object.assign(new Session(), session, times), token };
  }
}
