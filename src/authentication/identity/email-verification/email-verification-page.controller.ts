import { Get, Post } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { canonicalEmail } from '../../core/users/email-address.js';
import type { Form } from '../../http/body/form-post.js';
import { FormFields, LinkForm, LinkPage } from '../../http/pages/link-page.js';
import { Answer, type PageAnswer } from '../../http/pages/page-answer.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { ChosenRealm, CurrentClient, QueryEmail, QueryText } from '../../http/routes/parameters.js';
import { ConfirmEmailPageDocs, ShowEmailVerificationDocs } from './email-verification.openapi.js';
import { confirmEmailPage, emailConfirmedPage } from './email-verification.page.js';
import { EmailVerificationService } from './email-verification.service.js';
import { VerificationLinks } from './verification-links.js';

/**
 * The page behind the mailed link. Showing it consumes nothing, since mail scanners open links; its button confirms the
 * address. A client that accepts JSON instead of a page confirms the address with the same GET.
 */
@AuthenticationController('identity/email_verification')
export class EmailVerificationPageController {
  constructor(
    private readonly links: VerificationLinks,
    private readonly verification: EmailVerificationService,
  ) {}

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
    const link = { email: canonicalEmail(email ?? ''), token };
    if (answer.wantsJson) {
      await this.verification.confirm(link, realm, client);
      return answer.noContent();
    }
    const claim = await this.links.claimOf(link, realm);
    return answer.page(claim.realmName, confirmEmailPage(link, claim, answer));
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
    const link = { email: canonicalEmail(email), token };
    const { realmName } = await this.verification.confirmOnPage(link, realm, client);
    return answer.page(realmName, emailConfirmedPage(answer));
  }
}
