import { HttpCode, Post, Put } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { userView, type UserView } from '../../core/users/user.view.js';
import { JsonBody } from '../../http/body/body.pipe.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { ChosenRealm, CurrentClient } from '../../http/routes/parameters.js';
import { Throttled } from '../../http/throttling/throttle.guard.js';
import { CompletePasswordResetDto, SendPasswordResetDto } from './dto/password-reset.dto.js';
import { ResetPasswordDocs, SendPasswordResetDocs } from './password-reset.openapi.js';
import { PasswordResetService } from './password-reset.service.js';

@AuthenticationController('identity/password_reset')
export class PasswordResetController {
  constructor(private readonly resets: PasswordResetService) {}

  @Post()
  @SendPasswordResetDocs()
  @HttpCode(204)
  // An owner's other clients must not keep a user from a reset. Mails to unverified users have a limit of their own.
  @Throttled('mail', 'client')
  create(
    @JsonBody() { email }: SendPasswordResetDto,
    @ChosenRealm() { realm }: RealmOfRequest,
    @CurrentClient() client: Client,
  ): Promise<void> {
    return this.resets.send(email, realm, client);
  }

  @Put()
  @ResetPasswordDocs()
  @Throttled('token')
  async update(
    @JsonBody() body: CompletePasswordResetDto,
    @ChosenRealm() realm: RealmOfRequest,
    @CurrentClient() client: Client,
  ): Promise<UserView> {
    return userView(await this.resets.complete(body, realm, client));
  }
}
