import { Get, Post } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import type { Form } from '../../http/body/form-post.js';
import { FormFields, LinkForm, LinkPage } from '../../http/pages/link-page.js';
import { Answer, type PageAnswer } from '../../http/pages/page-answer.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { ChosenRealm, CurrentClient, QueryText } from '../../http/routes/parameters.js';
import { identityEn } from '../identity.en.js';
import { ReverseEmailDocs, ShowEmailReversalDocs } from './email-reversal.openapi.js';
import { emailReversedPage, reverseEmailPage } from './email-reversal.page.js';
import { EmailReversalService } from './email-reversal.service.js';

/** The page behind the link in the mail to the old address, which consumes nothing, and its form. */
@AuthenticationController('identity/email/reversal')
export class EmailReversalPageController {
  constructor(private readonly reversals: EmailReversalService) {}

  @Get()
  @ShowEmailReversalDocs()
  @LinkPage()
  async show(
    @QueryText('token') token: string | null,
    @ChosenRealm() realm: RealmOfRequest,
    @Answer() answer: PageAnswer,
  ): Promise<string | undefined> {
    const { sentTo, realmName } = await this.reversals.holderOf(token, realm);
    if (answer.wantsJson) return answer.noContent();
    return answer.page(realmName, reverseEmailPage(sentTo, token ?? '', answer.text(identityEn)));
  }

  @Post()
  @ReverseEmailDocs()
  @LinkForm('email_reversal')
  async create(
    @FormFields() { token = '' }: Form,
    @ChosenRealm() realm: RealmOfRequest,
    @CurrentClient() client: Client,
    @Answer() answer: PageAnswer,
  ): Promise<string> {
    const { sentTo, realmName } = await this.reversals.reverse(token, realm, client);
    return answer.page(realmName, emailReversedPage(sentTo, answer.text(identityEn)));
  }
}
