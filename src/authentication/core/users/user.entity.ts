import { Exclude } from 'class-transformer';
import { Column, CreateDateColumn, Entity, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';
import { id, time } from '../database/columns.js';
import { SCHEMA } from '../database/data-source.js';
import { WithoutSecrets } from '../database/without-secrets.js';
import { SignUpOrigin } from './sign-up-origin.js';

export const EMAIL_UNIQUE_IN_REALM = 'users_realm_email_key';

/** A person's account in a realm. Tables of features refer to it; it refers to none of them. */
@Entity({ name: 'users', schema: SCHEMA, synchronize: false })
@Unique(EMAIL_UNIQUE_IN_REALM, ['realm', 'email'])
export class User extends WithoutSecrets {
  @PrimaryColumn(id)
  id!: number;

  @Column({ type: 'uuid' })
  realm!: string;

  /** in canonical form, see `canonicalEmail` */
  @Column({ type: 'text' })
  email!: string;

  @Column({ type: 'boolean', default: false })
  verified!: boolean;

  /** a new address, until its owner confirms it by the mailed link */
  @Column({ name: 'unconfirmed_email', type: 'text', nullable: true })
  unconfirmedEmail!: string | null;

  /** null: no password, the user signs in another way */
  @Exclude({ toPlainOnly: true })
  @Column({ name: 'password_digest', type: 'text', nullable: true })
  passwordDigest!: string | null;

  @Column(time('suspended_at', { nullable: true }))
  suspendedAt!: Date | null;

  @Column(() => SignUpOrigin, { prefix: false })
  signUp!: SignUpOrigin;

  @CreateDateColumn(time('created_at'))
  createdAt!: Date;

  @UpdateDateColumn(time('updated_at'))
  updatedAt!: Date;

  static register(realm: string, email: string, passwordDigest: string | null): User {
    const user = new User();
    user.realm = realm;
    user.email = email;
    user.verified = false;
    user.unconfirmedEmail = null;
    user.passwordDigest = passwordDigest;
    user.suspendedAt = null;
    user.signUp = new SignUpOrigin();
    return user;
  }

  get isSuspended(): boolean {
    return this.suspendedAt !== null;
  }

  /** Whether the password is still the one that was checked a moment ago, outside the transaction. */
  hasSamePasswordAs(seen: User): boolean {
    return this.passwordDigest === seen.passwordDigest;
  }

  /** The address that needs a verification mail: the unconfirmed one, else the unverified one, else none. */
  get addressToVerify(): string | null {
    return this.unconfirmedEmail ?? (this.verified ? null : this.email);
  }

  /** Whether a verification link may be sent to the address: it is unconfirmed, or not verified yet. */
  mayVerify(address: string): boolean {
    return address === this.unconfirmedEmail || (address === this.email && !this.verified);
  }

  /**
   * Drops an unconfirmed address, too: an attacker with the old password may have asked for it, and its mail may still
   * be tried again.
   */
  changePassword(digest: string): void {
    this.passwordDigest = digest;
    this.dropRequestedEmail();
  }

  requestEmail(email: string): void {
    this.unconfirmedEmail = email;
  }

  dropRequestedEmail(): void {
    this.unconfirmedEmail = null;
  }

  /** The address was proved by a person who may not have registered the account: the password set before is removed. */
  takeOver(): void {
    this.prove();
    this.takeBack();
  }

  /** The owner takes the account back: what an attacker may know or have asked for no longer works. */
  takeBack(): void {
    this.passwordDigest = null;
    this.dropRequestedEmail();
  }

  /**
   * Verifies an address whose mailed link was used. An unconfirmed address becomes the address of the account.
   * @returns false when the user has no such address any more
   */
  verifyEmail(address: string): boolean {
    if (address !== this.email && address !== this.unconfirmedEmail) return false;
    if (address === this.unconfirmedEmail) {
      this.email = address;
      this.unconfirmedEmail = null;
    }
    this.prove();
    return true;
  }

  private prove(): void {
    this.verified = true;
    this.signUp = new SignUpOrigin();
  }
}
