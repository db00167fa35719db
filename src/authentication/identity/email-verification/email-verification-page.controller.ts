import { Get, Post, Res, UseFilters } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { InvalidToken } from '../../core/problems/problems.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { canonicalEmail } from '../../core/users/email-address.js';
import { FormPost, formOf } from '../../http/body/form-post.js';
import { PageFilter } from '../../http/pages/page.filter.js';
import { sendPage } from '../../http/pages/page.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import type { HttpRequest, HttpResponse } from '../../http/request/http.js';
import { wantsJson } from '../../http/request/preference.js';
import { isSameOrigin } from '../../http/request/same-origin.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { ChosenRealm, CurrentClient, CurrentRequest, QueryText } from '../../http/routes/parameters.js';
import { Throttled } from '../../http/throttling/throttle.guard.js';
import { ConfirmEmailPageDocs, ShowEmailVerificationDocs } from './email-verification.openapi.js';
import { confirmEmailPage, emailConfirmedPage } from './email-verification.page.js';
import { EmailVerificationService } from './email-verification.service.js';

/** What a person opens: the mailed link's page, which consumes nothing, and its button. */
@AuthenticationController('identity/email_verification')
export class EmailVerificationPageController {
  constructor(
    private readonly verification: EmailVerificationService,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  @Get()
  @ShowEmailVerificationDocs()
  @UseFilters(PageFilter)
  @Throttled('token')
  async show(
    @QueryText('email') email: string | null,
    @QueryText('token') token: string | null,
    @ChosenRealm() realm: RealmOfRequest,
    @CurrentClient() client: Client,
    @CurrentRequest() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<string | undefined> {
    const address = canonicalEmail(email ?? '');
    if (wantsJson(request)) {
      await this.verification.confirm(address, token, realm, client);
      response.status(204);
      return undefined;
    }
    const { realmName, sentTo } = await this.verification.holderOf(address, token, realm);
    return sendPage(response, realmName, confirmEmailPage(sentTo, token ?? ''));
  }

  @Post('confirmation')
  @ConfirmEmailPageDocs()
  @FormPost()
  @UseFilters(PageFilter)
  @Throttled('token')
  async confirm(
    @CurrentRequest() request: HttpRequest,
    @ChosenRealm() realm: RealmOfRequest,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<string> {
    const { email = '', token = null } = formOf(request);
    if (!isSameOrigin(request, this.settings.appUrl)) throw new InvalidToken();
    const address = canonicalEmail(email);
    const { realmName } = await this.verification.holderOf(address, token, realm);
    await this.verification.confirm(address, token, realm, client);
    return sendPage(response, realmName, emailConfirmedPage());
  }
}
