import { ApiProperty } from '../openapi/annotations.js';
import type { User } from './user.entity.js';

/** The fields of a user that the API shows. */
export class UserView {
  @ApiProperty({ type: 'integer', minimum: 1 })
  id!: number;

  @ApiProperty({ example: 'ada@example.com' })
  email!: string;

  @ApiProperty({ description: 'whether the address was confirmed' })
  verified!: boolean;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'the new address, until it is confirmed',
  })
  unconfirmed_email!: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time' })
  updated_at!: string;
}

export function userView(user: User): UserView {
  return {
    id: user.id,
    email: user.email,
    verified: user.verified,
    unconfirmed_email: user.unconfirmedEmail,
    created_at: user.createdAt.toISOString(),
    updated_at: user.updatedAt.toISOString(),
  };
}
