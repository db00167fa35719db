import { Get, Res } from '@nestjs/common';
import { DevelopmentMailbox } from '../../core/mail/development-mailbox.js';
import { MailTransport } from '../../core/mail/mail.js';
import { NotFound } from '../../core/problems/problems.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { Texts } from '../../core/texts/texts.js';
import { sendPage } from '../pages/page.js';
import type { HttpRequest, HttpResponse } from '../request/http.js';
import { isLocal } from '../request/local-request.js';
import { wantsJson } from '../request/preference.js';
import { AuthenticationController } from '../routes/authentication-controller.js';
import { CurrentRequest } from '../routes/parameters.js';
import { ListMailsDocs } from './mailbox.openapi.js';
import { mailboxPage } from './mailbox.page.js';

/** Shows the mails that are kept while SMTP_URL is not set. It answers only requests from this machine. */
@AuthenticationController('dev/mailbox')
export class MailboxController {
  constructor(
    private readonly transport: MailTransport,
    private readonly texts: Texts,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  @Get()
  @ListMailsDocs()
  list(@CurrentRequest() request: HttpRequest, @Res({ passthrough: true }) response: HttpResponse): unknown {
    if (!(this.transport instanceof DevelopmentMailbox) || !isLocal(request)) throw new NotFound();
    const mails = this.transport.list();
    if (wantsJson(request)) return mails;
    const locale = this.texts.localeFor(request.headers['accept-language']);
    const page = mailboxPage(mails, this.texts, locale);
    return sendPage(response, { appName: this.settings.appName, locale }, page);
  }
}
