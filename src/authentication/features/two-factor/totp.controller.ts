import { Delete, HttpCode } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { JsonBody } from '../../http/body/body.pipe.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { CurrentClient } from '../../http/routes/parameters.js';
import { Throttled } from '../../http/throttling/throttle.guard.js';
import { Authenticated } from '../../sessions/authenticated.js';
import { CurrentSession } from '../../sessions/authentication.guard.js';
import type { Caller } from '../../sessions/caller.js';
import { RemoveTotpDto } from './dto/two-factor.dto.js';
import { TotpRemoval } from './totp-removal.service.js';
import { DisableTotpDocs } from './totp.openapi.js';

/** Removes the authenticator app. */
@AuthenticationController('two_factor_authentication/profile/totp')
@Authenticated()
export class TotpController {
  constructor(private readonly removal: TotpRemoval) {}

  @Delete()
  @DisableTotpDocs()
  @HttpCode(204)
  @Throttled('token')
  remove(
    @JsonBody() body: RemoveTotpDto,
    @CurrentSession() caller: Caller,
    @CurrentClient() client: Client,
  ): Promise<void> {
    return this.removal.remove(caller, body, client);
  }
}
