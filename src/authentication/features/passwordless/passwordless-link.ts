import { Injectable } from '@nestjs/common';
import { mailedLink } from '../../core/mail/mailed-link.js';
import { pageUrl, type AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';

/** The URL of the mailed link. Needs only the settings, so an invalid URL is reported before the database opens. */
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
