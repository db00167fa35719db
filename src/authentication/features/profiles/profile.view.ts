import { ApiProperty } from '../../core/openapi/annotations.js';
import type { Profile } from './profile.entity.js';

/** A profile, as the API returns it. */
export class ProfileView {
  @ApiProperty({ type: 'string', nullable: true })
  first_name!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  last_name!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  username!: string | null;
}

export function profileView({ firstName, lastName, username }: Profile): ProfileView {
  return { first_name: firstName, last_name: lastName, username };
}
