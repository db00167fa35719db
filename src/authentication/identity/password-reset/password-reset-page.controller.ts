import { Get, Post } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { InvalidBody } from '../../core/problems/problems.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { BodyPipe } from '../../http/body/body.pipe.js';
import type { Form } from '../../http/body/form-post.js';
import { FormFields, LinkForm, LinkPage } from '../../http/pages/link-page.js';
import { Answer, type PageAnswer } from '../../http/pages/page-answer.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { ChosenRealm, CurrentClient, QueryText } from '../../http/routes/parameters.js';
import { identityEn } from '../identity.en.js';
import { CompletePasswordResetDto } from './dto/password-reset.dto.js';
import { ResetPasswordPageDocs, ShowPasswordResetDocs } from './password-reset.openapi.js';
import { newPasswordPage, passwordSetPage } from './password-reset.page.js';
import { PasswordResetService } from './password-reset.service.js';

/** The form behind the mailed link. Showing it consumes nothing, since mail scanners open links. */
@AuthenticationController('identity/password_reset')
export class PasswordResetPageController {
  constructor(
    private readonly resets: PasswordResetService,
    private readonly bodies: BodyPipe,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  @Get()
  @ShowPasswordResetDocs()
  @LinkPage()
  async show(
    @QueryText('token') token: string | null,
    @ChosenRealm() realm: RealmOfRequest,
    @Answer() answer: PageAnswer,
  ): Promise<string | undefined> {
    const { sentTo, realmName } = await this.resets.holderOf(token, realm);
    if (answer.wantsJson) return answer.noContent();
    const { passwordMinLength: minLength } = this.settings;
    return answer.page(realmName, newPasswordPage({ email: sentTo, token: token ?? '', minLength }, answer));
  }

  @Post('completion')
  @ResetPasswordPageDocs()
  @LinkForm('password_reset')
  async complete(
    @FormFields() form: Form,
    @ChosenRealm() realm: RealmOfRequest,
    @CurrentClient() client: Client,
    @Answer() answer: PageAnswer,
  ): Promise<string> {
    const { token = '' } = form;
    const { sentTo, realmName } = await this.resets.holderOf(token, realm);
    try {
      await this.resets.complete(await this.bodies.validate(CompletePasswordResetDto, form), realm, client);
      return answer.page(realmName, passwordSetPage(answer.text(identityEn)));
    } catch (error) {
      if (!(error instanceof InvalidBody)) throw error;
      const fields = { email: sentTo, token, minLength: this.settings.passwordMinLength };
      return answer.page(realmName, newPasswordPage(fields, answer, error.errors));
    }
  }
}
