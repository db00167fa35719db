import { Logger } from '@nestjs/common';
import type { PasswordFault, PasswordRule } from '../../core/passwords/password-rules.js';
import { NoRange, type BreachRanges } from './breach-ranges.js';
import { pwnedEn } from './pwned.en.js';

/** Refuses a password that was found in a breach (NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 6.2.12). */
export class BreachedPasswordRule implements PasswordRule {
  private readonly logger = new Logger('Pwned');

  constructor(private readonly ranges: BreachRanges) {}

  /** Allows the password when the service gives no answer: its outage must not keep people from signing up. */
  async fault(password: string): Promise<PasswordFault | null> {
    try {
      if (!(await this.ranges.hold(password))) return null;
      return {
        code: 'too_common',
        detail: 'was found in a data breach: choose another one',
        sentence: (texts, locale) => texts.of(pwnedEn, locale)('pwned.fault'),
      };
    } catch (error) {
      if (!(error instanceof NoRange)) throw error;
      this.logger.warn({ event: 'pwned_unreachable', reason: error.message });
      return null;
    }
  }
}
