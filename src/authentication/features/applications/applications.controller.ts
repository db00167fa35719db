import { Get, Post } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import type { User } from '../../core/users/user.entity.js';
import { JsonBody } from '../../http/body/body.pipe.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { CurrentClient } from '../../http/routes/parameters.js';
import { CurrentSession, CurrentUser } from '../../sessions/authentication.guard.js';
import type { Caller } from '../../sessions/caller.js';
import {
  applicationView,
  createdApplicationView,
  type ApplicationView,
  type CreatedApplicationView,
} from './application.view.js';
import { CreateApplicationDocs, ListApplicationsDocs } from './applications.openapi.js';
import { ApplicationsService } from './applications.service.js';
import { CreateApplicationDto } from './dto/application.dto.js';
import { OwnersOnly } from './owner.guard.js';

/** All of the caller's applications. */
@AuthenticationController('applications')
@OwnersOnly()
export class ApplicationsController {
  constructor(private readonly applications: ApplicationsService) {}

  @Get()
  @ListApplicationsDocs()
  async list(@CurrentUser() owner: User): Promise<ApplicationView[]> {
    return (await this.applications.listOf(owner)).map(applicationView);
  }

  @Post()
  @CreateApplicationDocs()
  async create(
    @JsonBody() body: CreateApplicationDto,
    @CurrentSession() caller: Caller,
    @CurrentClient() client: Client,
  ): Promise<CreatedApplicationView> {
    const { row, key } = await this.applications.create(caller, body, client);
    return createdApplicationView(row, key);
  }
}
