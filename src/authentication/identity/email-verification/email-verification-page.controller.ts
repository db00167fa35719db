import { Get, Post } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { canonicalEmail } from '../../core/users/email-address.js';
import type { Form } from '../../http/body/form-post.js';
import { FormFields, LinkForm, LinkPage } from '../../http/pages/link-page.js';
import { Answer, type PageAnswer } from '../../http/pages/page-answer.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { ChosenRealm, CurrentClient, QueryEmail, QueryText } from '../../http/routes/parameters.js';
import { identityEn } from '../identity.en.js';
import { ConfirmEmailPageDocs, ShowEmailVerificationDocs } from './email-verification.openapi.js';
import { confirmEmailPage, emailConfirmedPage } from './email-verification.page.js';
import { EmailVerificationService } from './email-verification.service.js';

/**
 * The page behind the mailed link. Showing it consumes nothing, since mail scanners open links; its button confirms the
 * address. A client that accepts JSON instead of a page confirms the address with the same GET.
 */
@AuthenticationController('identity/email_verification')
export class EmailVerificationPageController {
  constructor(private readonly verification: EmailVerificationService) {}

  @Get()
  @ShowEmailVerificationDocs()
  @LinkPage()
  async show(
    @QueryEmail('email') email: string | null,
    @QueryText('token') token: string | null,
    @ChosenRealm() realm: RealmOfRequest,
    @CurrentClient() client: Client,
    @Answer() answer: PageAnswer,
  ): Promise<string | undefined> {
    const address = canonicalEmail(email ?? '');
    if (answer.wantsJson) {
      await this.verification.confirm(address, token, realm, client);
      return answer.noContent();
    }
    const { realmName, sentTo } = await this.verification.holderOf(address, token, realm);
    return answer.page(realmName, confirmEmailPage(sentTo, token ?? '', answer.text(identityEn)));
  }

  @Post('confirmation')
  @ConfirmEmailPageDocs()
  @LinkForm()
  async confirm(
    @FormFields() { email = '', token = '' }: Form,
    @ChosenRealm() realm: RealmOfRequest,
    @CurrentClient() client: Client,
    @Answer() answer: PageAnswer,
  ): Promise<string> {
    const address = canonicalEmail(email);
    const { realmName } = await this.verification.holderOf(address, token, realm);
    await this.verification.confirm(address, token, realm, client);
    return answer.page(realmName, emailConfirmedPage(answer.text(identityEn)));
  }
}
