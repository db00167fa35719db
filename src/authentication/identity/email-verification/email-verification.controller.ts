import { HttpCode, Post, Put } from '@nestjs/common';
import { InvalidBody } from '../../problems/problems.js';
import type { RealmOfRequest } from '../../realms/realms.js';
import {
  AuthenticationController,
  OptionallyAuthenticated,
} from '../../requests/authentication-controller.js';
import { JsonBody } from '../../requests/body.pipe.js';
import type { Client } from '../../requests/client.js';
import { ChosenRealm, CurrentClient } from '../../requests/parameters.js';
import { MaybeCurrentSession } from '../../sessions/authentication.guard.js';
import type { CurrentSession } from '../../sessions/current-session.js';
import { Throttled } from '../../throttling/throttle.guard.js';
import { ConfirmEmailDto, SendEmailVerificationDto } from './dto/email-verification.dto.js';
import { ConfirmEmailDocs, SendEmailVerificationDocs } from './email-verification.openapi.js';
import { EmailVerificationService } from './email-verification.service.js';

@AuthenticationController('identity/email_verification')
export class EmailVerificationController {
  constructor(private readonly verification: EmailVerificationService) {}

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
}
