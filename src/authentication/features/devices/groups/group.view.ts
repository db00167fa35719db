import { ApiProperty } from '@nestjs/swagger';
import type { DeviceGroup } from './device-group.entity.js';

/** What leaves of a group. */
export class GroupView {
  @ApiProperty({ type: 'integer', minimum: 1 })
  id!: number;

  @ApiProperty({ example: 'HOME' })
  name!: string;
}

export function groupView({ id, name }: DeviceGroup): GroupView {
  return { id, name };
}
