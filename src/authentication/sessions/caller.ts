import { AuthenticationRequired } from '../core/problems/problems.js';
import type { Session } from '../core/sessions/session.entity.js';
import type { User } from '../core/users/user.entity.js';

/** The sender of a request that has a session's token. */
export interface Caller {
  readonly session: Session;
  readonly user: User;
  /**
   * false for a token in its grace period: it was renewed a moment ago, and is still accepted for requests that were
   * already on their way. It can be renewed again only while the new token is unused.
   */
  readonly renewable: boolean;
}

/**
 * Call it before you issue what outlives the token: a device token, an API key, a second factor, another token. A token
 * in its grace period may issue none, since its client already has a newer token. @throws AuthenticationRequired
 */
export function assertMayIssue({ renewable }: Caller): void {
  if (!renewable) throw new AuthenticationRequired();
}
