import { ApiProperty } from '../../core/openapi/annotations.js';
import type { Device } from './device.entity.js';
import { groupView, GroupView } from './groups/group.view.js';

/** A device, as the API returns it. */
export class DeviceView {
  @ApiProperty({ type: 'integer', minimum: 1 })
  id!: number;

  @ApiProperty({ example: 'Kitchen display' })
  name!: string;

  @ApiProperty({ type: [GroupView], description: 'sorted by name' })
  groups!: GroupView[];

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description:
      'when it last signed in or used a token; the use of a token is recorded at most once a minute',
  })
  last_seen_at!: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;
}

export function deviceView(device: Device): DeviceView {
  return {
    id: device.id,
    name: device.name,
    groups: device.groups.map(groupView),
    last_seen_at: device.lastSeenAt?.toISOString() ?? null,
    created_at: device.createdAt.toISOString(),
  };
}
