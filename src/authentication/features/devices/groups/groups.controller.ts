import { Delete, Get, HttpCode, Post } from '@nestjs/common';
import type { User } from '../../../core/users/user.entity.js';
import { JsonBody } from '../../../http/body/body.pipe.js';
import { AuthenticationController } from '../../../http/routes/authentication-controller.js';
import { IdParameter } from '../../../http/routes/parameters.js';
import { Authenticated } from '../../../sessions/authenticated.js';
import { CurrentSession, CurrentUser } from '../../../sessions/authentication.guard.js';
import type { Caller } from '../../../sessions/caller.js';
import { GroupNameDto } from '../dto/name.dto.js';
import { groupView, type GroupView } from './group.view.js';
import { AddGroupDocs, ListGroupsDocs, RemoveGroupDocs } from './groups.openapi.js';
import { GroupsService } from './groups.service.js';

@AuthenticationController('device_groups')
@Authenticated()
export class GroupsController {
  constructor(private readonly groups: GroupsService) {}

  @Get()
  @ListGroupsDocs()
  async list(@CurrentUser() user: User): Promise<GroupView[]> {
    return (await this.groups.listFor(user)).map(groupView);
  }

  @Post()
  @AddGroupDocs()
  async create(@JsonBody() { name }: GroupNameDto, @CurrentSession() caller: Caller): Promise<GroupView> {
    return groupView(await this.groups.add(caller, name));
  }

  @Delete(':id')
  @RemoveGroupDocs()
  @HttpCode(204)
  remove(@IdParameter('id') id: number, @CurrentSession() caller: Caller): Promise<void> {
    return this.groups.remove(caller, id);
  }
}
