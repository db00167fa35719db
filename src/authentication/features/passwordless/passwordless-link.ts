import { Injectable } from '@nestjs/common';
import { mailedLink } from '../../core/mail/mailed-link.js';
import { pageUrl, type AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';

/** Where the mailed link leads. It waits for nothing but the settings, so a bad one is told before a database opens. */
@Injectable()
export class PasswordlessLink {
  private readonly page: string;

  /** @throws SettingError */
  constructor(@Settings() settings: AuthenticationSettings) {
    this.page = pageUrl(settings, 'PASSWORDLESS_URL', '/sessions/passwordless');
  }

  with(token: string): string {
    return mailedLink(this.page, { token });
  }
}
