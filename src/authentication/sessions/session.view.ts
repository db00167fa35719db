import { ApiProperty } from '../core/openapi/annotations.js';
import type { Session, SessionLimits } from '../core/sessions/session.entity.js';

/** What a client sees of a session. */
export class SessionView {
  @ApiProperty({ type: 'integer', minimum: 1 })
  id!: number;

  @ApiProperty({ type: 'integer', minimum: 1 })
  user_id!: number;

  @ApiProperty({ type: 'string', nullable: true })
  user_agent!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  ip_address!: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time' })
  updated_at!: string;

  @ApiProperty({ format: 'date-time', description: 'written at most once a minute' })
  last_active_at!: string;

  @ApiProperty({ format: 'date-time', description: 'the earlier of the idle and the absolute limit' })
  expires_at!: string;

  @ApiProperty({ description: 'whether this is the session of the request' })
  current!: boolean;
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
