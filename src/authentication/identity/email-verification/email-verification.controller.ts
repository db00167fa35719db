import { HttpCode, Post, Put } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { InvalidBody } from '../../core/problems/problems.js';
import { JsonBody } from '../../http/body/body.pipe.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { ChosenRealm, CurrentClient } from '../../http/routes/parameters.js';
import { Throttled } from '../../http/throttling/throttle.guard.js';
import { OptionallyAuthenticated } from '../../sessions/authenticated.js';
import { MaybeCurrentSession } from '../../sessions/authentication.guard.js';
import type { Caller } from '../../sessions/caller.js';
import { ConfirmEmailDto, SendEmailVerificationDto } from './dto/email-verification.dto.js';
import { ConfirmEmailDocs, SendEmailVerificationDocs } from './email-verification.openapi.js';
import { EmailVerificationRequests } from './email-verification-requests.js';
import { EmailVerificationService } from './email-verification.service.js';

@AuthenticationController('identity/email_verification')
export class EmailVerificationController {
  constructor(
    private readonly requests: EmailVerificationRequests,
    private readonly verification: EmailVerificationService,
  ) {}

  @Post()
  @SendEmailVerificationDocs()
  @HttpCode(204)
  @OptionallyAuthenticated()
  @Throttled('mail')
  async create(
    @JsonBody() { email }: SendEmailVerificationDto,
    @MaybeCurrentSession() caller: Caller | null,
    @ChosenRealm() { realm }: RealmOfRequest,
    @CurrentClient() client: Client,
  ): Promise<void> {
    if (caller !== null) return this.requests.sendTo(caller.user, client);
    if (email === undefined || email === null) throw InvalidBody.of('email', 'missing');
    return this.requests.sendToAddress(email, realm, client);
  }

  @Put()
  @ConfirmEmailDocs()
  @HttpCode(204)
  @Throttled('token')
  async update(
    @JsonBody() link: ConfirmEmailDto,
    @ChosenRealm() realm: RealmOfRequest,
    @CurrentClient() client: Client,
  ): Promise<void> {
    await this.verification.confirm(link, realm, client);
  }
}
