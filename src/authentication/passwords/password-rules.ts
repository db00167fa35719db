import { Injectable } from '@nestjs/common';
import { InvalidBody } from '../problems/problems.js';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.module.js';
import { passwordFault } from './password-policy.js';

/** The seam for a further check of a new password. Runs outside any transaction, so it may ask the network. */
export interface PasswordRule {
  /** the code of the fault (`too_common`), or null */
  fault(password: string): Promise<string | null>;
}

@Injectable()
export class PasswordRules {
  private readonly rules: PasswordRule[] = [];

  constructor(@Settings() private readonly settings: AuthenticationSettings) {}

  add(rule: PasswordRule): void {
    this.rules.push(rule);
  }

  /** @throws InvalidBody on `password` */
  async assertAcceptable(password: string, emails: readonly string[]): Promise<void> {
    const { passwordMinLength: minLength, appName } = this.settings;
    const fault =
      passwordFault(password, { minLength, appName, emails }) ?? (await this.furtherFault(password));
    if (fault !== null) throw InvalidBody.of('password', fault);
  }

  private async furtherFault(password: string): Promise<string | null> {
    for (const rule of this.rules) {
      const fault = await rule.fault(password);
      if (fault !== null) return fault;
    }
    return null;
  }
}
