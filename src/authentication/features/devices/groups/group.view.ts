import { ApiProperty } from '../../../core/openapi/annotations.js';
import type { DeviceGroup } from './device-group.entity.js';

/** A group, as the API returns it. */
export class GroupView {
  @ApiProperty({ type: 'integer', minimum: 1 })
  id!: number;

  @ApiProperty({ example: 'HOME' })
  name!: string;
}

export function groupView({ id, name }: DeviceGroup): GroupView {
  return { id, name };
}
