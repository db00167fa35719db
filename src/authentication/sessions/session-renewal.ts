import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { returning } from '../core/database/database.js';
import { AuthenticationRequired } from '../core/problems/problems.js';
import { isLiveSession, limitsOf } from '../core/sessions/live-sessions.js';
import { Session } from '../core/sessions/session.entity.js';
import type { AuthenticationSettings } from '../core/settings/authentication.settings.js';
import { Settings } from '../core/settings/settings.js';
import { digestOf, newSecret } from '../core/tokens/secret.js';
import { assertMayIssue, type Caller } from './caller.js';
import type { StartedSession } from './session-start.js';

/** The grace period: how long the old token is still accepted after a renewal, for requests already on their way. */
const GRACE_SECONDS = 30;

const BEGIN_GRACE = `previous_token_digest = s.token_digest,
  previous_token_ends_at = now() + interval '${GRACE_SECONDS} seconds', token_unused = true`;

/** `token_digest` is compared too: so the new token is the one that the guard saw, the previous one the caller's. */
const IN_GRACE_BEFORE_UNUSED =
  's.token_unused AND s.previous_token_digest IS NOT NULL AND s.previous_token_ends_at > now()';

/**
 * Gives a session a new token, by one statement. After renewals at the same time exactly one new token is valid; the
 * other requests got a token that is void by now, or a refusal.
 */
@Injectable()
export class SessionRenewal {
  constructor(@Settings() private readonly settings: AuthenticationSettings) {}

  /** @throws AuthenticationRequired for a token that was renewed already */
  async renew(caller: Caller, manager: EntityManager): Promise<StartedSession> {
    assertMayIssue(caller);
    return this.replaceToken(caller.session, manager, { set: BEGIN_GRACE });
  }

  /** The same without a grace period: for a change after which the old token must not be accepted. */
  replace(caller: Caller, manager: EntityManager): Promise<StartedSession> {
    assertMayIssue(caller);
    return this.replaceToken(caller.session, manager, {
      set: 'previous_token_digest = NULL, token_unused = false',
    });
  }

  /**
   * Renews by a token in its grace period, whose client never received the new token. That token is void from now on;
   * the grace period does not start again. @throws AuthenticationRequired once the new token was used
   */
  renewAgain({ session }: Caller, manager: EntityManager): Promise<StartedSession> {
    return this.replaceToken(session, manager, { set: 'token_unused = true', where: IN_GRACE_BEFORE_UNUSED });
  }

  private async replaceToken(
    session: Session,
    manager: EntityManager,
    { set, where = 'true' }: { set: string; where?: string },
  ): Promise<StartedSession> {
    const token = newSecret();
    const [row] = await returning<{ last_active_at: Date; updated_at: Date }>(
      manager,
      `UPDATE authentication.sessions s
       SET token_digest = $1, ${set}, last_active_at = now(), updated_at = now()
       WHERE s.id = $2 AND s.token_digest = $3 AND ${where} AND ${isLiveSession('s', 4)}
       RETURNING s.last_active_at, s.updated_at`,
      [digestOf(token), session.id, session.tokenDigest, ...limitsOf(this.settings)],
    );
    if (row === undefined) throw new AuthenticationRequired();
    const times = { lastActiveAt: row.last_active_at, updatedAt: row.updated_at };
    return { session: Object.assign(new Session(), session, times), token };
  }
}
