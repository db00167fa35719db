import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import { id, reference, time } from '../database/columns.js';
import type { User } from '../users/user.entity.js';
import { digestOf, newSecret } from './secret.js';

/** What a token is for, and for how long. Features declare kinds of their own. */
export interface TokenKind {
  readonly purpose: string;
  readonly lifetimeSeconds: number;
}

/** A mailed secret that works once, for one purpose, one user and the address that it was sent to. */
@Entity({ name: 'one_time_tokens' })
@Unique('one_time_tokens_job_id_key', ['jobId'])
export class OneTimeToken {
  @PrimaryColumn(id)
  id!: number;

  @Column(reference('user_id'))
  userId!: number;

  @Column({ type: 'text' })
  purpose!: string;

  @Column({ name: 'sent_to', type: 'text' })
  sentTo!: string;

  /** of the mail that holds it; null for one that was never mailed */
  @Column({ name: 'job_id', type: 'uuid', nullable: true })
  jobId!: string | null;

  @Column({ type: 'bytea' })
  digest!: Buffer;

  @Column(time('expires_at'))
  expiresAt!: Date;

  static issue(kind: TokenKind, user: User, sentTo: string): { entity: OneTimeToken; secret: string } {
    const secret = newSecret();
    const entity = new OneTimeToken();
    entity.userId = user.id;
    entity.purpose = kind.purpose;
    entity.sentTo = sentTo;
    entity.jobId = null;
    entity.digest = digestOf(secret);
    return { entity, secret };
  }
}
