import { Get, Res, UseFilters } from '@nestjs/common';
import { PageFilter } from '../../http/pages/page.filter.js';
import { sendPage } from '../../http/pages/page.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import type { HttpResponse } from '../../http/request/http.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { ChosenRealm, QueryText } from '../../http/routes/parameters.js';
import { Throttled } from '../../http/throttling/throttle.guard.js';
import { ShowPasswordlessDocs } from './passwordless.openapi.js';
import { goBackPage } from './passwordless.page.js';
import { PasswordlessService } from './passwordless.service.js';

/** What a person opens whose team has no page of its own for the link. */
@AuthenticationController('sessions/passwordless')
export class PasswordlessPageController {
  constructor(private readonly passwordless: PasswordlessService) {}

  /** A page for a request that asks for JSON too: here is nothing that it could do. */
  @Get()
  @ShowPasswordlessDocs()
  @UseFilters(PageFilter)
  @Throttled('token')
  async show(
    @QueryText('token') token: string | null,
    @ChosenRealm() realm: RealmOfRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<string> {
    const { realmName } = await this.passwordless.holderOf(token, realm);
    return sendPage(response, realmName, goBackPage());
  }
}
