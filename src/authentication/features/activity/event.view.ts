import { ApiProperty } from '../../core/openapi/annotations.js';
import type { ActivityEvent } from './activity-event.entity.js';

/** An event, as the API returns it. */
export class EventView {
  @ApiProperty({ type: 'integer', minimum: 1 })
  id!: number;

  @ApiProperty({
    description:
      '`signed_up`, `signed_in`, `sign_in_failed`, `signed_out`, `password_changed`, `password_reset_requested`, ' +
      '`password_reset`, `email_change_requested`, `email_changed`, `email_verified`, or an action of a feature',
    example: 'signed_in',
  })
  action!: string;

  @ApiProperty({ type: 'string', nullable: true })
  user_agent!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  ip_address!: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;
}

export function eventView(event: ActivityEvent): EventView {
  return {
    id: event.id,
    action: event.action,
    user_agent: event.userAgent,
    ip_address: event.ipAddress,
    created_at: event.createdAt.toISOString(),
  };
}
