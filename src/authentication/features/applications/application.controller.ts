import { Delete, Get, HttpCode, Patch } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import type { User } from '../../core/users/user.entity.js';
import { JsonBody } from '../../http/body/body.pipe.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { CurrentClient } from '../../http/routes/parameters.js';
import { CurrentSession, CurrentUser } from '../../sessions/authentication.guard.js';
import type { Caller } from '../../sessions/caller.js';
import { ApplicationId } from './application-id.js';
import { applicationView, type ApplicationView } from './application.view.js';
import { ChangeApplicationDocs, DeleteApplicationDocs, ShowApplicationDocs } from './applications.openapi.js';
import { ApplicationsService } from './applications.service.js';
import { UpdateApplicationDto } from './dto/application.dto.js';
import { OwnersOnly } from './owner.guard.js';

/** One of the caller's applications. */
@AuthenticationController('applications/:id')
@OwnersOnly()
export class ApplicationController {
  constructor(private readonly applications: ApplicationsService) {}

  @Get()
  @ShowApplicationDocs()
  async show(@ApplicationId() id: string, @CurrentUser() owner: User): Promise<ApplicationView> {
    return applicationView(await this.applications.find(owner, id));
  }

  @Patch()
  @ChangeApplicationDocs()
  async update(
    @ApplicationId() id: string,
    @JsonBody() body: UpdateApplicationDto,
    @CurrentSession() caller: Caller,
    @CurrentClient() client: Client,
  ): Promise<ApplicationView> {
    return applicationView(await this.applications.change(caller, id, body, client));
  }

  @Delete()
  @DeleteApplicationDocs()
  @HttpCode(204)
  remove(
    @ApplicationId() id: string,
    @CurrentSession() caller: Caller,
    @CurrentClient() client: Client,
  ): Promise<void> {
    return this.applications.remove(caller, id, client);
  }
}
