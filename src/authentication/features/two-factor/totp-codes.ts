import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../core/database/database.js';
import { secretKeysFor, type AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import type { User } from '../../core/users/user.entity.js';
import { TotpSecret, type CodeVerdict } from './totp-secret.entity.js';

/** Issues TOTP secrets and checks codes, by the clock of the database. Call it with the user's row locked. */
@Injectable()
export class TotpCodes {
  private readonly keys: readonly Buffer[];

  constructor(
    private readonly database: Database,
    @Settings() settings: AuthenticationSettings,
  ) {
    this.keys = secretKeysFor('two-factor', settings);
  }

  /** Replaces a secret that is not enabled yet. @returns the new secret in clear */
  async issue(user: User, manager: EntityManager): Promise<Buffer> {
    const { entity, secret } = TotpSecret.issue(user, this.keys);
    await manager.save(entity);
    return secret;
  }

  async check(secret: TotpSecret, code: string, manager: EntityManager): Promise<CodeVerdict> {
    const verdict = secret.accept(code, await this.database.secondsNow(manager), this.keys);
    if (verdict === 'accepted') await manager.save(secret);
    return verdict;
  }
}
