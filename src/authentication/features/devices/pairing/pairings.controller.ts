import { Get, Post } from '@nestjs/common';
import type { Client } from '../../../core/clients/client.js';
import { AuthenticationRequired } from '../../../core/problems/problems.js';
import type { Realm } from '../../../core/realms/realm.js';
import { JsonBody } from '../../../http/body/body.pipe.js';
import { bearerToken } from '../../../http/request/bearer-token.js';
import type { HttpRequest } from '../../../http/request/http.js';
import { AuthenticationController } from '../../../http/routes/authentication-controller.js';
import { CurrentClient, CurrentRealm, CurrentRequest } from '../../../http/routes/parameters.js';
import { Throttled } from '../../../http/throttling/throttle.guard.js';
import { DeviceNameDto } from '../dto/name.dto.js';
import { PairingPolls } from './pairing-polls.js';
import { PAIRING_BUDGET, PairingRequests } from './pairing-requests.js';
import { pairingStatusView, pairingView, type PairingStatusView, type PairingView } from './pairing.view.js';
import { PollPairingDocs, RequestPairingDocs } from './pairings.openapi.js';

/** The device's side of a pairing: it requests a code to show, then polls until a user has typed it. */
@AuthenticationController('devices/pairings')
export class PairingsController {
  constructor(
    private readonly requests: PairingRequests,
    private readonly polls: PairingPolls,
  ) {}

  @Post()
  @RequestPairingDocs()
  @Throttled(PAIRING_BUDGET)
  async create(
    @JsonBody() { name }: DeviceNameDto,
    @CurrentRealm() realm: Realm,
    @CurrentClient() client: Client,
  ): Promise<PairingView> {
    return pairingView(await this.requests.open(name, realm, client));
  }

  /** The one GET that changes something: it answers the device's token once and ends the pairing. HEAD changes nothing. */
  @Get('current')
  @PollPairingDocs()
  async show(
    @CurrentRequest() request: HttpRequest,
    @CurrentRealm() realm: Realm,
    @CurrentClient() client: Client,
  ): Promise<PairingStatusView> {
    const token = bearerToken(request);
    if (token === null) throw new AuthenticationRequired();
    const looks = request.method === 'HEAD';
    return pairingStatusView(
      await (looks ? this.polls.look(token, realm) : this.polls.ask(token, realm, client)),
    );
  }
}
