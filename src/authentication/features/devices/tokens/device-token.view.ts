import { ApiProperty } from '../../../core/openapi/annotations.js';
import type { IssuedDeviceToken } from './device-tokens.js';

/** A device token, in the only answer that contains it. */
export class DeviceTokenView {
  @ApiProperty({ pattern: '^dev_[A-Za-z0-9_-]{43}$', description: 'shown only once' })
  token!: string;

  @ApiProperty({ enum: ['device'] })
  type!: 'device';

  @ApiProperty({ type: 'integer', minimum: 1 })
  user_id!: number;

  @ApiProperty({ type: 'integer', minimum: 1 })
  device_id!: number;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', description: '90 days after `created_at`' })
  expires_at!: string;
}

export function deviceTokenView({
  secret,
  device,
  createdAt,
  expiresAt,
}: IssuedDeviceToken): DeviceTokenView {
  return {
    token: secret,
    type: 'device',
    user_id: device.userId,
    device_id: device.id,
    created_at: createdAt.toISOString(),
    expires_at: expiresAt.toISOString(),
  };
}
