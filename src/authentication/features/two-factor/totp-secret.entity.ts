import { Column, Entity, PrimaryColumn, type EntityManager, CreateDateColumn, ForeignKey } from 'typeorm';
import { Exclude } from 'class-transformer';
import { idTransformer, reference, time } from '../../core/database/columns.js';
import { SCHEMA } from '../../core/database/data-source.js';
import { WithoutSecrets } from '../../core/database/without-secrets.js';
import { User } from '../../core/users/user.entity.js';
import { openSecret, sealSecret, type OpenedSecret } from './sealed-secret.js';
import { newTotpSecret } from './totp.js';

export type CodeVerdict = 'accepted' | 'used' | 'wrong';

/** The secret that a user's authenticator app shares with the server. Lock the user's row before you change it. */
@Entity({ name: 'totp_secrets', schema: SCHEMA, synchronize: false })
export class TotpSecret extends WithoutSecrets {
  @ForeignKey(() => User, { name: 'totp_secrets_user_id_fkey', onDelete: 'CASCADE' })
  @PrimaryColumn({ name: 'user_id', type: 'bigint', transformer: idTransformer })
  userId!: number;

  @Exclude({ toPlainOnly: true })
  @Column({ name: 'sealed_secret', type: 'bytea' })
  sealedSecret!: Buffer;

  /** steps of 30 seconds since 1970 whose codes were accepted recently */
  @Column({
    name: 'accepted_steps',
    type: 'bigint',
    array: true,
    default: [],
    transformer: { from: (steps: string[]) => steps.map(Number), to: (steps: unknown) => steps },
  })
  acceptedSteps!: number[];

  /** false until a code has proved that the app has the secret */
  @Column({ type: 'boolean', default: false })
  enabled!: boolean;

  @CreateDateColumn(time('created_at'))
  createdAt!: Date;

  /** of the steps that `accepted_steps` no longer holds, the latest one */
  @Column({ name: 'forgotten_step', type: 'bigint', nullable: true, transformer: idTransformer })
  forgottenStep!: number | null;

  /** the id of the session that set it up, which may have ended since; null for rows from before this column */
  @Column(reference('issued_by', { nullable: true }))
  issuedBy!: number | null;

  static issue(
    user: User,
    issuedBy: number,
    keys: readonly Buffer[],
  ): { entity: TotpSecret; secret: Buffer } {
    const secret = newTotpSecret();
    const entity = new TotpSecret();
    entity.userId = user.id;
    entity.issuedBy = issuedBy;
    entity.acceptedSteps = [];
    entity.forgottenStep = null;
    entity.enabled = false;
    entity.sealedSecret = entity.sealedWith(secret, keys);
    return { entity, secret };
  }

  static of(user: User, manager: EntityManager): Promise<TotpSecret | null> {
    return manager.findOneBy(TotpSecret, { userId: user.id });
  }

  open(keys: readonly Buffer[]): OpenedSecret {
    return openSecret(this.sealedSecret, keys, this.context);
  }

  sealedWith(secret: Buffer, keys: readonly Buffer[]): Buffer {
    return sealSecret(secret, keys, this.context);
  }

  private get context(): string {
    return `totp_secrets ${this.userId}`;
  }
}
