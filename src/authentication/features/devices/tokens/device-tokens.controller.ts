import { Delete, HttpCode, Post } from '@nestjs/common';
import type { Client } from '../../../core/clients/client.js';
import { JsonBody } from '../../../http/body/body.pipe.js';
import { AuthenticationController } from '../../../http/routes/authentication-controller.js';
import { CurrentClient, IdParameter } from '../../../http/routes/parameters.js';
import { Authenticated } from '../../../sessions/authenticated.js';
import { CurrentSession } from '../../../sessions/authentication.guard.js';
import type { Caller } from '../../../sessions/caller.js';
import { deviceTokenView, type DeviceTokenView } from './device-token.view.js';
import { DeviceTokens } from './device-tokens.js';
import { EndDeviceTokensDocs, IssueDeviceTokenDocs } from './device-tokens.openapi.js';
import { IssueDeviceTokenDto } from './dto/issue-device-token.dto.js';

@AuthenticationController('devices/:id/tokens')
@Authenticated()
export class DeviceTokensController {
  constructor(private readonly tokens: DeviceTokens) {}

  @Post()
  @IssueDeviceTokenDocs()
  async create(
    @IdParameter('id') id: number,
    @JsonBody() { current_password: password }: IssueDeviceTokenDto,
    @CurrentSession() caller: Caller,
    @CurrentClient() client: Client,
  ): Promise<DeviceTokenView> {
    return deviceTokenView(await this.tokens.issueFor(caller, id, password, client));
  }

  @Delete()
  @EndDeviceTokensDocs()
  @HttpCode(204)
  remove(
    @IdParameter('id') id: number,
    @CurrentSession() caller: Caller,
    @CurrentClient() client: Client,
  ): Promise<void> {
    return this.tokens.endOf(caller, id, client);
  }
}
