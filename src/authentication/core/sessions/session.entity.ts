import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import type { Client } from '../clients/client.js';
import { id, reference, time } from '../database/columns.js';
import { digestOf, newSecret } from '../tokens/secret.js';
import type { User } from '../users/user.entity.js';

export interface SessionLimits {
  sessionIdleSeconds: number;
  sessionAbsoluteSeconds: number;
}

/** A signed-in client. Its id is not its secret; the row holds the secret's digest alone. */
@Entity({ name: 'sessions' })
export class Session {
  @PrimaryColumn(id)
  id!: number;

  @Column(reference('user_id'))
  userId!: number;

  @Column({ name: 'token_digest', type: 'bytea' })
  tokenDigest!: Buffer;

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
