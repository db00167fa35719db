import { Put } from '@nestjs/common';
import type { Client } from '../core/clients/client.js';
import type { Realm } from '../core/realms/realm.js';
import { userView, type UserView } from '../core/users/user.view.js';
import { JsonBody } from '../http/body/body.pipe.js';
import { AuthenticationController } from '../http/routes/authentication-controller.js';
import { CurrentClient, CurrentRealm } from '../http/routes/parameters.js';
import { Authenticated } from '../sessions/authenticated.js';
import { CurrentSession } from '../sessions/authentication.guard.js';
import type { Caller } from '../sessions/caller.js';
import { ChangePasswordDto } from './dto/change-password.dto.js';
import { ChangePasswordDocs } from './passwords.openapi.js';
import { PasswordsService } from './passwords.service.js';

@AuthenticationController('password')
@Authenticated()
export class PasswordsController {
  constructor(private readonly passwords: PasswordsService) {}

  @Put()
  @ChangePasswordDocs()
  async update(
    @JsonBody() body: ChangePasswordDto,
    @CurrentSession() caller: Caller,
    @CurrentRealm() realm: Realm,
    @CurrentClient() client: Client,
  ): Promise<UserView> {
    return userView(await this.passwords.change(caller, body, realm, client));
  }
}
