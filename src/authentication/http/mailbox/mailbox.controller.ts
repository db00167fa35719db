import { Get } from '@nestjs/common';
import { DevelopmentMailbox } from '../../core/mail/development-mailbox.js';
import { MailTransport } from '../../core/mail/mail.js';
import { NotFound } from '../../core/problems/problems.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { Answer, type PageAnswer } from '../pages/page-answer.js';
import type { HttpRequest } from '../request/http.js';
import { isLocal } from '../request/local-request.js';
import { AuthenticationController } from '../routes/authentication-controller.js';
import { CurrentRequest } from '../routes/parameters.js';
import { ListMailsDocs } from './mailbox.openapi.js';
import { mailboxPage } from './mailbox.page.js';

/** Shows the mails that are kept while SMTP_URL is not set. It answers only requests from this machine. */
@AuthenticationController('dev/mailbox')
export class MailboxController {
  constructor(
    private readonly transport: MailTransport,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  @Get()
  @ListMailsDocs()
  list(@CurrentRequest() request: HttpRequest, @Answer() answer: PageAnswer): unknown {
    if (!(this.transport instanceof DevelopmentMailbox) || !isLocal(request)) throw new NotFound();
    const mails = this.transport.list();
    return answer.wantsJson ? mails : answer.page(this.settings.appName, mailboxPage(mails, answer));
  }
}
