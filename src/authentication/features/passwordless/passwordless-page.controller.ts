import { Get } from '@nestjs/common';
import { LinkPage } from '../../http/pages/link-page.js';
import { Answer, type PageAnswer } from '../../http/pages/page-answer.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { ChosenRealm, QueryText } from '../../http/routes/parameters.js';
import { passwordlessEn } from './passwordless.en.js';
import { ShowPasswordlessDocs } from './passwordless.openapi.js';
import { goBackPage } from './passwordless.page.js';
import { PasswordlessService } from './passwordless.service.js';

/** The page behind the mailed link, unless `PASSWORDLESS_URL` is a page of your front end. */
@AuthenticationController('sessions/passwordless')
export class PasswordlessPageController {
  constructor(private readonly passwordless: PasswordlessService) {}

  /** Answers with the page even when the request asks for JSON: a GET does nothing here. */
  @Get()
  @ShowPasswordlessDocs()
  @LinkPage()
  async show(
    @QueryText('token') token: string | null,
    @ChosenRealm() realm: RealmOfRequest,
    @Answer() answer: PageAnswer,
  ): Promise<string> {
    const { realmName } = await this.passwordless.holderOf(token, realm);
    return answer.page(realmName, goBackPage(answer.text(passwordlessEn)));
  }
}
