import type { Session, SessionLimits } from './session.entity.js';

/** What leaves of a session. */
export interface SessionView {
  id: number;
  user_id: number;
  user_agent: string | null;
  ip_address: string | null;
  created_at: string;
  updated_at: string;
  last_active_at: string;
  expires_at: string;
  /** whether it is the caller's own */
  current: boolean;
}

export function sessionView(session: Session, limits: SessionLimits, currentId: number): SessionView {
  return {
    id: session.id,
    user_id: session.userId,
    user_agent: session.userAgent,
    ip_address: session.ipAddress,
    created_at: session.createdAt.toISOString(),
    updated_at: session.updatedAt.toISOString(),
    last_active_at: session.lastActiveAt.toISOString(),
    expires_at: session.expiresAt(limits).toISOString(),
    current: session.id === currentId,
  };
}
