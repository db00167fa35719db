import {
  Column,
  CreateDateColumn,
  Entity,
  PrimaryColumn,
  UpdateDateColumn,
  ForeignKey,
  Index,
  Unique,
} from 'typeorm';
import { Exclude } from 'class-transformer';
import type { Client } from '../clients/client.js';
import { id, reference, time } from '../database/columns.js';
import { SCHEMA } from '../database/data-source.js';
import { WithoutSecrets } from '../database/without-secrets.js';
import { digestOf, newSecret } from '../tokens/secret.js';
import { User } from '../users/user.entity.js';

export interface SessionLimits {
  sessionIdleSeconds: number;
  sessionAbsoluteSeconds: number;
}

/** A signed-in client. The row holds only the digest of its token; the id is not a secret. */
@Entity({ name: 'sessions', schema: SCHEMA, synchronize: false })
@Unique('sessions_token_digest_key', ['tokenDigest'])
@Unique('sessions_previous_token_digest_key', ['previousTokenDigest'])
@Index('sessions_user_id_idx', ['userId', 'id'])
@Index('sessions_last_active_at_idx', ['lastActiveAt'])
@Index('sessions_created_at_idx', ['createdAt'])
export class Session extends WithoutSecrets {
  @PrimaryColumn(id)
  id!: number;

  @ForeignKey(() => User, { name: 'sessions_user_id_fkey', onDelete: 'CASCADE' })
  @Column(reference('user_id'))
  userId!: number;

  @Exclude({ toPlainOnly: true })
  @Column({ name: 'token_digest', type: 'bytea' })
  tokenDigest!: Buffer;

  /** of the token before the last renewal, which still works for requests under way; used in SQL only */
  @Exclude({ toPlainOnly: true })
  @Column({ name: 'previous_token_digest', type: 'bytea', nullable: true, select: false })
  previousTokenDigest?: Buffer | null;

  @Column(time('previous_token_ends_at', { nullable: true, select: false }))
  previousTokenEndsAt?: Date | null;

  /** true from a renewal until the new token is used: until then it may not have reached the client */
  @Column({ name: 'token_unused', type: 'boolean', default: false, select: false })
  tokenUnused?: boolean;

  @Column({ name: 'user_agent', type: 'text', nullable: true })
  userAgent!: string | null;

  @Column({ name: 'ip_address', type: 'text', nullable: true })
  ipAddress!: string | null;

  @Column(time('last_active_at', { default: () => 'now()' }))
  lastActiveAt!: Date;

  @CreateDateColumn(time('created_at'))
  createdAt!: Date;

  @UpdateDateColumn(time('updated_at'))
  updatedAt!: Date;

  static start(user: User, client: Client): { entity: Session; secret: string } {
    const secret = newSecret();
    const entity = new Session();
    entity.userId = user.id;
    entity.tokenDigest = digestOf(secret);
    entity.userAgent = client.userAgent;
    entity.ipAddress = client.ipAddress;
    return { entity, secret };
  }

  /** The earlier of the idle and the absolute limit (OWASP ASVS 7.3.1, 7.3.2). */
  expiresAt(limits: SessionLimits): Date {
    const idle = this.lastActiveAt.getTime() + limits.sessionIdleSeconds * 1000;
    const absolute = this.createdAt.getTime() + limits.sessionAbsoluteSeconds * 1000;
    return new Date(Math.min(idle, absolute));
  }
}
