import { Post } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { canonicalEmail } from '../../core/users/email-address.js';
import type { Form } from '../../http/body/form-post.js';
import { FormFields, LinkForm } from '../../http/pages/link-page.js';
import { Answer, type PageAnswer } from '../../http/pages/page-answer.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { ChosenRealm, CurrentClient } from '../../http/routes/parameters.js';
import { EmailDenialService } from './email-denial.service.js';
import { DenyEmailDocs } from './email-verification.openapi.js';
import { emailDeniedPage } from './email-verification.page.js';

/** The button "It was not me" of the page that verifies an address. */
@AuthenticationController('identity/email_verification/denial')
export class EmailDenialController {
  constructor(private readonly denials: EmailDenialService) {}

  @Post()
  @DenyEmailDocs()
  @LinkForm('email_denial')
  async create(
    @FormFields() { email = '', token = '' }: Form,
    @ChosenRealm() realm: RealmOfRequest,
    @CurrentClient() client: Client,
    @Answer() answer: PageAnswer,
  ): Promise<string> {
    const denial = await this.denials.deny({ email: canonicalEmail(email), token }, realm, client);
    return answer.page(denial.realmName, emailDeniedPage(denial, answer));
  }
}
