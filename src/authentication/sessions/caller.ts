import { AuthenticationRequired } from '../core/problems/problems.js';
import type { Session } from '../core/sessions/session.entity.js';
import type { User } from '../core/users/user.entity.js';

/** Who sent a request with a session's token: the session, its user, and what the token may still do. */
export interface Caller {
  readonly session: Session;
  readonly user: User;
  /**
   * false for a token in its grace: it was renewed a moment ago, and serves requests in flight. It renews again only
   * while its successor is unused.
   */
  readonly renewable: boolean;
}

/**
 * For what outlasts a token: a device token, an API key, a factor, another token. One in its grace issues none, since
 * its client has a newer one already. @throws AuthenticationRequired
 */
export function assertMayIssue({ renewable }: Caller): void {
  if (!renewable) throw new AuthenticationRequired();
}
