import { HttpCode, Post, Put } from '@nestjs/common';
import type { RealmOfRequest } from '../../realms/realms.js';
import { AuthenticationController } from '../../requests/authentication-controller.js';
import { JsonBody } from '../../requests/body.pipe.js';
import type { Client } from '../../requests/client.js';
import { ChosenRealm, CurrentClient } from '../../requests/parameters.js';
import { Throttled } from '../../throttling/throttle.guard.js';
import { userView, type UserView } from '../../users/user.view.js';
import { CompletePasswordResetDto, SendPasswordResetDto } from './dto/password-reset.dto.js';
import { ResetPasswordDocs, SendPasswordResetDocs } from './password-reset.openapi.js';
import { PasswordResetService } from './password-reset.service.js';

@AuthenticationController('identity/password_reset')
export class PasswordResetController {
  constructor(private readonly resets: PasswordResetService) {}

  @Post()
  @SendPasswordResetDocs()
  @HttpCode(204)
  @Throttled('mail')
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
