import { Column, Entity, PrimaryColumn, type EntityManager, CreateDateColumn, ForeignKey } from 'typeorm';
import { Exclude } from 'class-transformer';
import { idTransformer, time } from '../../core/database/columns.js';
import { SCHEMA } from '../../core/database/data-source.js';
import { WithoutSecrets } from '../../core/database/without-secrets.js';
import { User } from '../../core/users/user.entity.js';
import { openSecret, sealSecret } from './sealed-secret.js';
import { newTotpSecret, stepOf, STEPS_KEPT } from './totp.js';

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

  static issue(user: User, keys: readonly Buffer[]): { entity: TotpSecret; secret: Buffer } {
    const secret = newTotpSecret();
    const entity = new TotpSecret();
    entity.userId = user.id;
    entity.acceptedSteps = [];
    entity.enabled = false;
    entity.seal(secret, keys);
    return { entity, secret };
  }

  static of(user: User, manager: EntityManager): Promise<TotpSecret | null> {
    return manager.findOneBy(TotpSecret, { userId: user.id });
  }

  /** Accepts each step once (RFC 6238, 5.2). Seals the secret again if an older key had sealed it. */
  accept(code: string, seconds: number, keys: readonly Buffer[]): CodeVerdict {
    const { secret, isCurrent } = openSecret(this.sealedSecret, keys, this.context);
    const step = stepOf(secret, code, seconds);
    if (step === null) return 'wrong';
    if (this.acceptedSteps.includes(step)) return 'used';
    this.acceptedSteps = [...this.acceptedSteps.filter((kept) => kept >= step - STEPS_KEPT), step];
    if (!isCurrent) this.seal(secret, keys);
    return 'accepted';
  }

  private seal(secret: Buffer, keys: readonly Buffer[]): void {
    this.sealedSecret = sealSecret(secret, keys, this.context);
  }

  private get context(): string {
    return `totp_secrets ${this.userId}`;
  }
}
