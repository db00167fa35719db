import { Get, Post, Res, UseFilters } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { InvalidBody, InvalidToken } from '../../core/problems/problems.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { BodyPipe } from '../../http/body/body.pipe.js';
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
import { CompletePasswordResetDto } from './dto/password-reset.dto.js';
import { ResetPasswordPageDocs, ShowPasswordResetDocs } from './password-reset.openapi.js';
import { newPasswordPage, passwordSetPage } from './password-reset.page.js';
import { PasswordResetService } from './password-reset.service.js';

/** What a person opens: the mailed link's form, which consumes nothing, and its button. */
@AuthenticationController('identity/password_reset')
export class PasswordResetPageController {
  constructor(
    private readonly resets: PasswordResetService,
    private readonly bodies: BodyPipe,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  @Get()
  @ShowPasswordResetDocs()
  @UseFilters(PageFilter)
  @Throttled('token')
  async show(
    @QueryText('token') token: string | null,
    @ChosenRealm() realm: RealmOfRequest,
    @CurrentRequest() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<string | undefined> {
    const holder = await this.resets.holderOf(token, realm);
    if (wantsJson(request)) {
      response.status(204);
      return undefined;
    }
    const page = newPasswordPage(holder.sentTo, token ?? '', this.settings.passwordMinLength);
    return sendPage(response, holder.realmName, page);
  }

  @Post('completion')
  @ResetPasswordPageDocs()
  @FormPost()
  @UseFilters(PageFilter)
  @Throttled('token')
  async complete(
    @CurrentRequest() request: HttpRequest,
    @ChosenRealm() realm: RealmOfRequest,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<string> {
    if (!isSameOrigin(request, this.settings.appUrl)) throw new InvalidToken();
    const form = formOf(request);
    const { sentTo, realmName } = await this.resets.holderOf(form['token'] ?? null, realm);
    try {
      const metadata = { type: 'custom', metatype: CompletePasswordResetDto } as const;
      await this.resets.complete(
        this.bodies.transform(form, metadata) as CompletePasswordResetDto,
        realm,
        client,
      );
    } catch (error) {
      if (!(error instanceof InvalidBody)) throw error;
      const page = newPasswordPage(
        sentTo,
        form['token'] ?? '',
        this.settings.passwordMinLength,
        error.errors,
      );
      return sendPage(response, realmName, page);
    }
    return sendPage(response, realmName, passwordSetPage());
  }
}
