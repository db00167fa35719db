import type { User } from './user.entity.js';

/** What leaves of a user. */
export interface UserView {
  id: number;
  email: string;
  verified: boolean;
  unconfirmed_email: string | null;
  created_at: string;
  updated_at: string;
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
