import { User } from './user.entity.js';

/** The id of no user. With it, an unknown address runs the same statements as a known one, which find no row. */
export const NOBODY = 0;

/** Stands for the user of an address that has none. It is never saved. */
export function nobody(realm: string, email: string): User {
  return Object.assign(new User(), {
    id: NOBODY,
    realm,
    email,
    verified: false,
    unconfirmedEmail: null,
    passwordDigest: null,
    suspendedAt: null,
  });
}
