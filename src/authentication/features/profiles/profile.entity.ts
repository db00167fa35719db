import { Column, Entity, PrimaryColumn, ForeignKey, Index } from 'typeorm';
import { idTransformer } from '../../core/database/columns.js';
import { SCHEMA } from '../../core/database/data-source.js';
import { User } from '../../core/users/user.entity.js';
import type { ProfileDto } from './dto/profile.dto.js';

export const USERNAME_UNIQUE_IN_REALM = 'profiles_realm_username_key';

/**
 * The names of a user. A user without a row has set none. TypeORM cannot describe the index on `lower(username)`:
 * `synchronize: false` leaves it to the migration.
 */
@Entity({ name: 'profiles', schema: SCHEMA, synchronize: false })
@Index(USERNAME_UNIQUE_IN_REALM, { synchronize: false })
export class Profile {
  @ForeignKey(() => User, { name: 'profiles_user_id_fkey', onDelete: 'CASCADE' })
  @PrimaryColumn({ name: 'user_id', type: 'bigint', transformer: idTransformer })
  userId!: number;

  /** the user's realm, which never changes; a username is unique within it */
  @Column({ type: 'uuid' })
  realm!: string;

  @Column({ name: 'first_name', type: 'text', nullable: true })
  firstName!: string | null;

  @Column({ name: 'last_name', type: 'text', nullable: true })
  lastName!: string | null;

  /** as typed; `JBond` and `jbond` count as the same username */
  @Column({ type: 'text', nullable: true })
  username!: string | null;

  static emptyOf(user: User): Profile {
    const profile = new Profile();
    profile.userId = user.id;
    profile.realm = user.realm;
    profile.firstName = null;
    profile.lastName = null;
    profile.username = null;
    return profile;
  }

  get isEmpty(): boolean {
    return this.firstName === null && this.lastName === null && this.username === null;
  }

  /** An absent field stays as it is; null clears it. */
  change(given: ProfileDto): void {
    if (given.first_name !== undefined) this.firstName = given.first_name;
    if (given.last_name !== undefined) this.lastName = given.last_name;
    if (given.username !== undefined) this.username = given.username;
  }
}
