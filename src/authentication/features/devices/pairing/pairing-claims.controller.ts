import { HttpCode, Post } from '@nestjs/common';
import type { Client } from '../../../core/clients/client.js';
import { JsonBody } from '../../../http/body/body.pipe.js';
import { AuthenticationController } from '../../../http/routes/authentication-controller.js';
import { CurrentClient } from '../../../http/routes/parameters.js';
import { Throttled } from '../../../http/throttling/throttle.guard.js';
import { Authenticated } from '../../../sessions/authenticated.js';
import { CurrentSession } from '../../../sessions/authentication.guard.js';
import type { Caller } from '../../../sessions/caller.js';
import { deviceView, type DeviceView } from '../device.view.js';
import { ClaimPairingDto } from './dto/claim-pairing.dto.js';
import { PairingClaims } from './pairing-claims.js';
import { ClaimPairingDocs } from './pairings.openapi.js';

/** The owner's side of a pairing: a signed-in user sends the code that the device shows. */
@AuthenticationController('devices/pair')
export class PairingClaimsController {
  constructor(private readonly claims: PairingClaims) {}

  @Post()
  @ClaimPairingDocs()
  @HttpCode(200)
  @Authenticated()
  @Throttled('token')
  async create(
    @JsonBody() { code }: ClaimPairingDto,
    @CurrentSession() caller: Caller,
    @CurrentClient() client: Client,
  ): Promise<DeviceView> {
    return deviceView(await this.claims.claim(caller, code, client));
  }
}
