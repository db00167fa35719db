import { Delete, Get, HttpCode, UseGuards } from '@nestjs/common';
import type { Client } from '../core/clients/client.js';
import type { User } from '../core/users/user.entity.js';
import { userView, type UserView } from '../core/users/user.view.js';
import { JsonBody } from '../http/body/body.pipe.js';
import { AuthenticationController } from '../http/routes/authentication-controller.js';
import { CurrentClient } from '../http/routes/parameters.js';
import { Authenticated } from '../sessions/authenticated.js';
import { AuthenticationGuard, CurrentSession, CurrentUser } from '../sessions/authentication.guard.js';
import type { Caller } from '../sessions/caller.js';
import { DeleteAccountDto } from './dto/delete-account.dto.js';
import { DeleteAccountDocs, ShowAccountDocs } from './registrations.openapi.js';
import { RegistrationsService } from './registrations.service.js';

/** Shows and deletes the signed-in user. */
@AuthenticationController('me')
export class MeController {
  constructor(private readonly registrations: RegistrationsService) {}

  @Get()
  @ShowAccountDocs()
  @UseGuards(AuthenticationGuard)
  show(@CurrentUser() user: User): UserView {
    return userView(user);
  }

  @Delete()
  @DeleteAccountDocs()
  @HttpCode(204)
  @Authenticated()
  remove(
    @JsonBody() body: DeleteAccountDto,
    @CurrentSession() caller: Caller,
    @CurrentClient() client: Client,
  ): Promise<void> {
    return this.registrations.remove(caller, body.current_password, client);
  }
}
