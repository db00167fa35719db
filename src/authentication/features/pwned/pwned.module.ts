import { Module, type OnModuleInit } from '@nestjs/common';
import { PasswordRules } from '../../core/passwords/password-rules.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { BreachRanges } from './breach-ranges.js';
import { BreachedPasswordRule } from './breached-password.rule.js';

/** Without PWNED_URL no service is asked. */
@Module({})
export class PwnedModule implements OnModuleInit {
  private readonly url: string | null;

  /** @throws SettingError */
  constructor(
    private readonly rules: PasswordRules,
    @Settings() { environment }: AuthenticationSettings,
  ) {
    this.url = environment.base('PWNED_URL');
  }

  onModuleInit(): void {
    if (this.url !== null) this.rules.add(new BreachedPasswordRule(new BreachRanges(this.url)));
  }
}
