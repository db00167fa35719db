import { Delete, Put } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { userView, type UserView } from '../../core/users/user.view.js';
import { JsonBody } from '../../http/body/body.pipe.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { CurrentClient } from '../../http/routes/parameters.js';
import { Throttled } from '../../http/throttling/throttle.guard.js';
import { Authenticated } from '../../sessions/authenticated.js';
import { CurrentSession } from '../../sessions/authentication.guard.js';
import type { Caller } from '../../sessions/caller.js';
import { ChangeEmailDto } from './dto/change-email.dto.js';
import { CancelEmailChangeDocs, ChangeEmailDocs } from './email.openapi.js';
import { EmailService } from './email.service.js';

@AuthenticationController('identity/email')
@Authenticated()
export class EmailController {
  constructor(private readonly emails: EmailService) {}

  @Put()
  @ChangeEmailDocs()
  @Throttled('mail')
  async update(
    @JsonBody() body: ChangeEmailDto,
    @CurrentSession() caller: Caller,
    @CurrentClient() client: Client,
  ): Promise<UserView> {
    return userView(await this.emails.change(caller, body, client));
  }

  @Delete()
  @CancelEmailChangeDocs()
  async remove(@CurrentSession() caller: Caller, @CurrentClient() client: Client): Promise<UserView> {
    return userView(await this.emails.cancel(caller, client));
  }
}
