import { Injectable } from '@nestjs/common';
import { InvalidBody } from '../problems/problems.js';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.js';
import { passwordFault } from './password-policy.js';

/** What a rule has against a password. */
export interface PasswordFault {
  /** a code of a field, such as `too_common` */
  readonly code: string;
  /** for people, after the field's name: 'is too easy to guess' */
  readonly detail?: string;
}

/** The seam for a further check of a new password. Runs outside any transaction, so it may ask the network. */
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

  /** @param appName what the realm is called: nothing to make a password of (OWASP ASVS 6.2.11). @throws InvalidBody on `password` */
  async assertAcceptable(password: string, emails: readonly string[], appName: string): Promise<void> {
    const { passwordMinLength: minLength } = this.settings;
    const code = passwordFault(password, { minLength, appName, emails });
    const fault = code === null ? await this.furtherFault(password) : { code };
    if (fault !== null) throw InvalidBody.of('password', fault.code, fault.detail);
  }

  private async furtherFault(password: string): Promise<PasswordFault | null> {
    for (const rule of this.rules) {
      const fault = await rule.fault(password);
      if (fault !== null) return fault;
    }
    return null;
  }
}
