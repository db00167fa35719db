import { Get, Post, Res, UseFilters } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { InvalidToken } from '../../core/problems/problems.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
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
import { DenialsService } from './denials.service.js';
import { DenySignInDocs, ShowNoticeDocs } from './notice.openapi.js';
import { deniedPage, noticePage } from './notice.page.js';

/** What a person opens: the mailed link's page, which consumes nothing, and its button. */
@AuthenticationController('sessions/notice')
export class NoticePageController {
  constructor(
    private readonly denials: DenialsService,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  @Get()
  @ShowNoticeDocs()
  @UseFilters(PageFilter)
  @Throttled('token')
  async show(
    @QueryText('token') token: string | null,
    @ChosenRealm() realm: RealmOfRequest,
    @CurrentRequest() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<string | undefined> {
    const { sentTo, realmName } = await this.denials.holderOf(token, realm);
    if (wantsJson(request)) {
      response.status(204);
      return undefined;
    }
    return sendPage(response, realmName, noticePage(sentTo, token ?? ''));
  }

  @Post('denial')
  @DenySignInDocs()
  @FormPost()
  @UseFilters(PageFilter)
  @Throttled('token')
  async create(
    @CurrentRequest() request: HttpRequest,
    @ChosenRealm() realm: RealmOfRequest,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<string> {
    const { token = '' } = formOf(request);
    if (!isSameOrigin(request, this.settings.appUrl)) throw new InvalidToken();
    const { sentTo, realmName } = await this.denials.deny(token, realm, client);
    return sendPage(response, realmName, deniedPage(sentTo));
  }
}
