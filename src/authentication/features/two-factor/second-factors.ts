import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { InvalidToken } from '../../core/problems/problems.js';
import type { User } from '../../core/users/user.entity.js';
import { RecoveryCodes } from './recovery-codes.js';
import { TotpCodes } from './totp-codes.js';
import { TotpSecret, type CodeVerdict } from './totp-secret.entity.js';
import { TwoFactorNews } from './two-factor-news.js';

/** Checks a code while the user's row is locked, so that each of many checks sees what the one before it stored. */
export type CodeCheck = (
  user: User,
  code: string,
  client: Client,
  manager: EntityManager,
) => Promise<CodeVerdict>;

/** The kinds of code that answer a challenge. */
@Injectable()
export class SecondFactors {
  constructor(
    private readonly totp: TotpCodes,
    private readonly codes: RecoveryCodes,
    private readonly news: TwoFactorNews,
  ) {}

  /** @throws InvalidToken when the app was removed after the challenge was issued */
  readonly totpCode: CodeCheck = async (user, code, _client, manager) => {
    const secret = await manager.findOneBy(TotpSecret, { userId: user.id, enabled: true });
    if (secret === null) throw new InvalidToken();
    return this.totp.check(secret, code, manager);
  };

  /** Uses the code up, and mails the user how many are left. */
  readonly recoveryCode: CodeCheck = async (user, code, client, manager) => {
    if (!(await this.codes.consume(user, code, manager))) return 'wrong';
    const remaining = String(await this.codes.remaining(user, manager));
    await this.news.tell('recovery_code_used', user, client, manager, { remaining });
    return 'accepted';
  };
}
