import { ApiProperty, ApiPropertyOptional } from '../../../core/openapi/annotations.js';
import { deviceView, DeviceView } from '../device.view.js';
import type { IssuedDeviceToken } from '../tokens/device-tokens.js';
import { POLL_SECONDS } from './pairing-polls.js';
import type { PairingRequest } from './pairing-requests.js';

/** The answer to a device that requests a pairing. */
export class PairingView {
  @ApiProperty({
    pattern: '^[0-9A-Z]{6}$',
    example: 'W3RK7C',
    description: 'for the device to show to its owner',
  })
  code!: string;

  @ApiProperty({
    minLength: 43,
    description: 'with it the device asks whether it is paired; shown only once',
  })
  pairing_token!: string;

  @ApiProperty({ format: 'date-time' })
  expires_at!: string;

  @ApiProperty({ type: 'integer', example: POLL_SECONDS, description: 'seconds to wait between two polls' })
  interval!: number;
}

/** The answer to a device that asks whether it is paired. */
export class PairingStatusView {
  @ApiProperty({ enum: ['pending', 'paired'] })
  status!: 'pending' | 'paired';

  @ApiPropertyOptional({ type: DeviceView, description: 'in one answer only, when paired' })
  device?: DeviceView;

  @ApiPropertyOptional({
    minLength: 43,
    description: 'in one answer only, when paired: a device token for 90 days',
  })
  token?: string;
}

export function pairingView({ code, secret, expiresAt }: PairingRequest): PairingView {
  return { code, pairing_token: secret, expires_at: expiresAt.toISOString(), interval: POLL_SECONDS };
}

export function pairingStatusView(issued: IssuedDeviceToken | null): PairingStatusView {
  if (issued === null) return { status: 'pending' };
  return { status: 'paired', device: deviceView(issued.device), token: issued.secret };
}
