import { Injectable } from '@nestjs/common';
import type { FieldError } from '../problems/problem.js';
import { fieldError, InvalidBody } from '../problems/problems.js';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.js';
import { loadCommonPasswords, passwordFault } from './password-policy.js';

/** Why a rule refuses a password. */
export interface PasswordFault {
  /** the code of the field `password` in the answer, such as `too_common` */
  readonly code: string;
  /** for people, follows the field's name: 'is too easy to guess' */
  readonly detail?: string;
  /** the same as a sentence for a page; without it, the page says what it says of the code */
  readonly sentence?: FieldError['sentence'];
}

/** A further check of new passwords. It runs outside any transaction, so it may use the network. */
export interface PasswordRule {
  fault(password: string): Promise<PasswordFault | null>;
}

@Injectable()
export class PasswordRules {
  private readonly rules: PasswordRule[] = [];

  constructor(@Settings() private readonly settings: AuthenticationSettings) {}

  add(rule: PasswordRule): void {
    this.rules.push(rule);
  }

  /**
   * @param appName the realm's name, of which a password must not be made (OWASP ASVS 6.2.11)
   * @throws InvalidBody on `password`
   */
  async assertAcceptable(password: string, emails: readonly string[], appName: string): Promise<void> {
    const { passwordMinLength: minLength } = this.settings;
    await loadCommonPasswords();
    const code = passwordFault(password, { minLength, appName, emails });
    const fault: PasswordFault | null = code === null ? await this.furtherFault(password) : { code };
    if (fault === null) return;
    const { sentence } = fault;
    const error = fieldError('password', fault.code, fault.detail);
    throw new InvalidBody([{ ...error, ...(sentence === undefined ? {} : { sentence }) }]);
  }

  private async furtherFault(password: string): Promise<PasswordFault | null> {
    for (const rule of this.rules) {
      const fault = await rule.fault(password);
      if (fault !== null) return fault;
    }
    return null;
  }
}
