import { Get, Post } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import type { Form } from '../../http/body/form-post.js';
import { FormFields, LinkForm, LinkPage } from '../../http/pages/link-page.js';
import { Answer, type PageAnswer } from '../../http/pages/page-answer.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { ChosenRealm, CurrentClient, QueryText } from '../../http/routes/parameters.js';
import { DenialsService } from './denials.service.js';
import { DenySignInDocs, ShowNoticeDocs } from './notice.openapi.js';
import { deniedPage, noticePage } from './notice.page.js';
import { noticesEn } from './notices.en.js';

/** The page behind the mailed link, which consumes nothing, and the form post of its button. */
@AuthenticationController('sessions/notice')
export class NoticePageController {
  constructor(private readonly denials: DenialsService) {}

  @Get()
  @ShowNoticeDocs()
  @LinkPage()
  async show(
    @QueryText('token') token: string | null,
    @ChosenRealm() realm: RealmOfRequest,
    @Answer() answer: PageAnswer,
  ): Promise<string | undefined> {
    const { sentTo, realmName } = await this.denials.holderOf(token, realm);
    if (answer.wantsJson) return answer.noContent();
    return answer.page(realmName, noticePage(sentTo, token ?? '', answer.text(noticesEn)));
  }

  @Post('denial')
  @DenySignInDocs()
  @LinkForm('sign_in_denial')
  async create(
    @FormFields() { token = '' }: Form,
    @ChosenRealm() realm: RealmOfRequest,
    @CurrentClient() client: Client,
    @Answer() answer: PageAnswer,
  ): Promise<string> {
    const { sentTo, realmName } = await this.denials.deny(token, realm, client);
    return answer.page(realmName, deniedPage(sentTo, answer.text(noticesEn)));
  }
}
