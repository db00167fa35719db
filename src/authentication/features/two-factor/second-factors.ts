import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InvalidToken } from '../../core/problems/problems.js';
import { typedCode } from '../../core/unicode/typed.js';
import type { User } from '../../core/users/user.entity.js';
import { RecoveryCodes } from './recovery-codes.js';
import { TotpCodes } from './totp-codes.js';
import { TotpSecret, type CodeVerdict } from './totp-secret.entity.js';

export type CodeKind = 'totp' | 'recovery_code';

/** A code of the app has six digits, a recovery code more letters and digits. */
export function kindOf(code: string): CodeKind {
  return /^\d{6}$/.test(typedCode(code)) ? 'totp' : 'recovery_code';
}

/** Checks codes while the user's row is locked, so that each of many checks sees what the one before it stored. */
@Injectable()
export class SecondFactors {
  constructor(
    private readonly totp: TotpCodes,
    private readonly codes: RecoveryCodes,
  ) {}

  /** Uses the code up. @throws InvalidToken when the app was removed after the challenge was issued */
  async check(
    kind: CodeKind,
    { user, code }: { user: User; code: string },
    manager: EntityManager,
  ): Promise<CodeVerdict> {
    if (kind === 'recovery_code')
      return (await this.codes.consume(user, code, manager)) ? 'accepted' : 'wrong';
    const secret = await manager.findOneBy(TotpSecret, { userId: user.id, enabled: true });
    if (secret === null) throw new InvalidToken();
    return this.totp.check(secret, code, manager);
  }
}
