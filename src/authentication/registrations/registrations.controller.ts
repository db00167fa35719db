import { Post, Res } from '@nestjs/common';
import type { Client } from '../core/clients/client.js';
import type { Realm } from '../core/realms/realm.js';
import { userView, type UserView } from '../core/users/user.view.js';
import { JsonBody } from '../http/body/body.pipe.js';
import type { HttpResponse } from '../http/request/http.js';
import { AuthenticationController } from '../http/routes/authentication-controller.js';
import { CurrentClient, CurrentRealm } from '../http/routes/parameters.js';
import { Throttled } from '../http/throttling/throttle.guard.js';
import { SignUpDto } from './dto/sign-up.dto.js';
import { SignUpDocs } from './registrations.openapi.js';
import { RegistrationsService } from './registrations.service.js';

@AuthenticationController('sign_up')
export class RegistrationsController {
  constructor(private readonly registrations: RegistrationsService) {}

  @Post()
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
}
