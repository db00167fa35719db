import { Delete, HttpCode } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { JsonBody } from '../../http/body/body.pipe.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { CurrentClient } from '../../http/routes/parameters.js';
import { Authenticated } from '../../sessions/authenticated.js';
import { CurrentSession } from '../../sessions/authentication.guard.js';
import type { Caller } from '../../sessions/caller.js';
import { TwoFactorPasswordDto } from './dto/two-factor.dto.js';
import { DisableTotpDocs } from './totp.openapi.js';
import { TotpService } from './totp.service.js';

/** Removes the authenticator app. */
@AuthenticationController('two_factor_authentication/profile/totp')
@Authenticated()
export class TotpController {
  constructor(private readonly totp: TotpService) {}

  @Delete()
  @DisableTotpDocs()
  @HttpCode(204)
  remove(
    @JsonBody() body: TwoFactorPasswordDto,
    @CurrentSession() caller: Caller,
    @CurrentClient() client: Client,
  ): Promise<void> {
    return this.totp.disable(caller, body.current_password, client);
  }
}
