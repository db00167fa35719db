import { Delete, Put } from '@nestjs/common';
import { AuthenticationController, Authenticated } from '../../requests/authentication-controller.js';
import { JsonBody } from '../../requests/body.pipe.js';
import type { Client } from '../../requests/client.js';
import { CurrentClient } from '../../requests/parameters.js';
import { CurrentSession } from '../../sessions/authentication.guard.js';
import type { CurrentSession as Current } from '../../sessions/current-session.js';
import { Throttled } from '../../throttling/throttle.guard.js';
import { userView, type UserView } from '../../users/user.view.js';
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
    @CurrentSession() caller: Current,
    @CurrentClient() client: Client,
  ): Promise<UserView> {
    return userView(await this.emails.change(caller, body, client));
  }

  @Delete()
  @CancelEmailChangeDocs()
  async remove(@CurrentSession() caller: Current, @CurrentClient() client: Client): Promise<UserView> {
    return userView(await this.emails.cancel(caller, client));
  }
}
