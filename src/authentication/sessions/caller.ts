import type { Session } from '../core/sessions/session.entity.js';
import type { User } from '../core/users/user.entity.js';

/** Who sent a request with a session's token: the session, its user, and what the token may still do. */
export interface Caller {
  readonly session: Session;
  readonly user: User;
  /** false for a token that was renewed a moment ago: good for requests in flight, not for another renewal */
  readonly renewable: boolean;
}
