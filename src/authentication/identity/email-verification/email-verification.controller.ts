import { Get, HttpCode, Post, Put, Res, UseFilters } from '@nestjs/common';
import { PageFilter } from '../../pages/page.filter.js';
import { sendPage } from '../../pages/page.js';
import { InvalidBody, InvalidToken } from '../../problems/problems.js';
import type { RealmOfRequest } from '../../realms/realms.js';
import {
  AuthenticationController,
  OptionallyAuthenticated,
} from '../../requests/authentication-controller.js';
import { JsonBody } from '../../requests/body.pipe.js';
import { FormPost, formOf } from '../../requests/form-post.js';
import type { Client } from '../../requests/client.js';
import type { HttpRequest, HttpResponse } from '../../requests/http.js';
import { ChosenRealm, CurrentClient, CurrentRequest, QueryText } from '../../requests/parameters.js';
import { wantsJson } from '../../requests/preference.js';
import { isSameOrigin } from '../../requests/same-origin.js';
import { MaybeCurrentSession } from '../../sessions/authentication.guard.js';
import type { CurrentSession } from '../../sessions/current-session.js';
import type { AuthenticationSettings } from '../../settings/authentication.settings.js';
import { Settings } from '../../settings/settings.module.js';
import { Throttled } from '../../throttling/throttle.guard.js';
import { canonicalEmail } from '../../users/email-address.js';
import { ConfirmEmailDto, SendEmailVerificationDto } from './dto/email-verification.dto.js';
import {
  ConfirmEmailDocs,
  ConfirmEmailPageDocs,
  SendEmailVerificationDocs,
  ShowEmailVerificationDocs,
} from './email-verification.openapi.js';
import { confirmEmailPage, emailConfirmedPage } from './email-verification.page.js';
import { EmailVerificationService } from './email-verification.service.js';

@AuthenticationController('identity/email_verification')
export class EmailVerificationController {
  constructor(
    private readonly verification: EmailVerificationService,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  @Post()
  @SendEmailVerificationDocs()
  @HttpCode(204)
  @OptionallyAuthenticated()
  @Throttled('mail')
  async create(
    @JsonBody() { email }: SendEmailVerificationDto,
    @MaybeCurrentSession() caller: CurrentSession | null,
    @ChosenRealm() { realm }: RealmOfRequest,
    @CurrentClient() client: Client,
  ): Promise<void> {
    if (caller !== null) return this.verification.sendTo(caller.user, client);
    if (email === undefined || email === null) throw InvalidBody.of('email', 'missing');
    return this.verification.sendToAddress(email, realm, client);
  }

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
    if (address === null || token === null || !(await this.verification.isLive(address, token, realm))) {
      throw new InvalidToken();
    }
    return sendPage(response, this.settings.appName, confirmEmailPage(address, token));
  }

  @Put()
  @ConfirmEmailDocs()
  @HttpCode(204)
  @Throttled('token')
  async update(
    @JsonBody() { email, token }: ConfirmEmailDto,
    @ChosenRealm() realm: RealmOfRequest,
    @CurrentClient() client: Client,
  ): Promise<void> {
    await this.verification.confirm(email, token, realm, client);
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
    const { email, token } = formOf(request);
    if (!isSameOrigin(request, this.settings.appUrl)) throw new InvalidToken();
    await this.verification.confirm(canonicalEmail(email ?? ''), token ?? null, realm, client);
    return sendPage(response, this.settings.appName, emailConfirmedPage());
  }
}
