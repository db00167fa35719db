import { Delete, Get, HttpCode, Post, Res, UseGuards } from '@nestjs/common';
import type { Client } from '../core/clients/client.js';
import type { Realm } from '../core/realms/realm.js';
import type { User } from '../core/users/user.entity.js';
import { userView, type UserView } from '../core/users/user.view.js';
import { JsonBody } from '../http/body/body.pipe.js';
import type { HttpResponse } from '../http/request/http.js';
import { AuthenticationController } from '../http/routes/authentication-controller.js';
import { CurrentClient, CurrentRealm } from '../http/routes/parameters.js';
import { Throttled } from '../http/throttling/throttle.guard.js';
import { Authenticated } from '../sessions/authenticated.js';
import { AuthenticationGuard, CurrentSession, CurrentUser } from '../sessions/authentication.guard.js';
import type { Caller } from '../sessions/caller.js';
import { DeleteAccountDto } from './dto/delete-account.dto.js';
import { SignUpDto } from './dto/sign-up.dto.js';
import { DeleteAccountDocs, ShowAccountDocs, SignUpDocs } from './registrations.openapi.js';
import { RegistrationsService } from './registrations.service.js';

@AuthenticationController()
export class RegistrationsController {
  constructor(private readonly registrations: RegistrationsService) {}

  @Post('sign_up')
  @SignUpDocs()
  @Throttled('sign_up')
  async create(
    @JsonBody() body: SignUpDto,
    @CurrentRealm() realm: Realm,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<UserView | { email: string }> {
    const user = await this.registrations.register(body, realm, client);
    if (user !== null) return userView(user);
    response.status(202);
    return { email: body.email };
  }

  @Get('me')
  @ShowAccountDocs()
  @UseGuards(AuthenticationGuard)
  show(@CurrentUser() user: User): UserView {
    return userView(user);
  }

  @Delete('me')
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
