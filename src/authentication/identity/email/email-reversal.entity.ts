import { Exclude } from 'class-transformer';
import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { id, reference, time } from '../../core/database/columns.js';
import { SCHEMA } from '../../core/database/data-source.js';
import { WithoutSecrets } from '../../core/database/without-secrets.js';
import { User } from '../../core/users/user.entity.js';

/** The way back to an address that a user asked to change. While it is open, nobody else gets the address. */
@Entity({ name: 'email_reversals', schema: SCHEMA, synchronize: false })
@Unique('email_reversals_digest_key', ['digest'])
@Index('email_reversals_user_id_idx', ['userId'])
@Index('email_reversals_sent_to_idx', ['sentTo'])
@Index('email_reversals_expires_at_idx', ['expiresAt'])
export class EmailReversal extends WithoutSecrets {
  @PrimaryColumn(id)
  id!: number;

  @ForeignKey(() => User, { name: 'email_reversals_user_id_fkey', onDelete: 'CASCADE' })
  @Column(reference('user_id'))
  userId!: number;

  /** the address that the account had, and that the link is mailed to */
  @Column({ name: 'sent_to', type: 'text' })
  sentTo!: string;

  /** the session that asked for the change; no foreign key, because the row outlives the session */
  @Column(reference('issued_by'))
  issuedBy!: number;

  /** of the secret in the mailed link; null until the mail is written */
  @Exclude({ toPlainOnly: true })
  @Column({ type: 'bytea', nullable: true })
  digest!: Buffer | null;

  /** when the change was requested */
  @CreateDateColumn(time('created_at'))
  createdAt!: Date;

  @Column(time('expires_at'))
  expiresAt!: Date;
}
