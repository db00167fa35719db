import { Exclude } from 'class-transformer';
import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { id, reference, time } from '../database/columns.js';
import { SCHEMA } from '../database/data-source.js';
import { WithoutSecrets } from '../database/without-secrets.js';
import { User } from '../users/user.entity.js';
import { digestOf, newSecret } from './secret.js';

/** The purpose of a token, and how long it is valid. Features define their own kinds. */
export interface TokenKind {
  readonly purpose: string;
  readonly lifetimeSeconds: number;
}

/** A secret that works once, for one purpose, one user and one address. Most of them are mailed to the address. */
@Entity({ name: 'one_time_tokens', schema: SCHEMA, synchronize: false })
@Unique('one_time_tokens_digest_key', ['digest'])
@Unique('one_time_tokens_job_id_key', ['jobId'])
@Index('one_time_tokens_user_id_idx', ['userId'])
@Index('one_time_tokens_expires_at_idx', ['expiresAt'])
export class OneTimeToken extends WithoutSecrets {
  @PrimaryColumn(id)
  id!: number;

  @ForeignKey(() => User, { name: 'one_time_tokens_user_id_fkey', onDelete: 'CASCADE' })
  @Column(reference('user_id'))
  userId!: number;

  @Column({ type: 'text' })
  purpose!: string;

  @Column({ name: 'sent_to', type: 'text' })
  sentTo!: string;

  /** of the mail that holds it; null for a token that was not mailed */
  @Column({ name: 'job_id', type: 'uuid', nullable: true })
  jobId!: string | null;

  @Exclude({ toPlainOnly: true })
  @Column({ type: 'bytea' })
  digest!: Buffer;

  @CreateDateColumn(time('created_at'))
  createdAt!: Date;

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
