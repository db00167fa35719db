import { Column } from 'typeorm';
import type { Client } from '../clients/client.js';

/**
 * Where a user signed up from. It is kept until the address is verified: the page that verifies it says whose account it
 * is, so that the owner of the address notices an account that somebody else made.
 */
export class SignUpOrigin {
  @Column({ name: 'sign_up_ip_address', type: 'text', nullable: true })
  ipAddress: string | null = null;

  @Column({ name: 'sign_up_user_agent', type: 'text', nullable: true })
  userAgent: string | null = null;

  /** the name of the provider whose sign-in made the account, such as "Google"; null for a sign-up with a password */
  @Column({ name: 'sign_up_provider', type: 'text', nullable: true })
  provider: string | null = null;

  static of({ ipAddress, userAgent }: Client, provider: string | null = null): SignUpOrigin {
    return Object.assign(new SignUpOrigin(), { ipAddress, userAgent, provider });
  }
}
