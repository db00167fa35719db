import { Post } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { JsonBody } from '../../http/body/body.pipe.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { CurrentClient } from '../../http/routes/parameters.js';
import { CurrentSession } from '../../sessions/authentication.guard.js';
import type { Caller } from '../../sessions/caller.js';
import { ApiKeys } from './api-keys.service.js';
import { ApplicationId } from './application-id.js';
import type { ApiKeyView } from './application.view.js';
import { ReplaceApiKeyDocs } from './applications.openapi.js';
import { ReplaceApiKeyDto } from './dto/replace-api-key.dto.js';
import { OwnersOnly } from './owner.guard.js';

@AuthenticationController('applications/:id/api_key')
@OwnersOnly()
export class ApiKeysController {
  constructor(private readonly keys: ApiKeys) {}

  @Post()
  @ReplaceApiKeyDocs()
  async create(
    @ApplicationId() id: string,
    @JsonBody() { revoke = false }: ReplaceApiKeyDto,
    @CurrentSession() caller: Caller,
    @CurrentClient() client: Client,
  ): Promise<ApiKeyView> {
    return { api_key: await this.keys.replace(caller, id, revoke, client) };
  }
}
