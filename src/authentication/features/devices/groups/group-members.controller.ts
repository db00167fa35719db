import { Delete, HttpCode, Put } from '@nestjs/common';
import { AuthenticationController } from '../../../http/routes/authentication-controller.js';
import { IdParameter } from '../../../http/routes/parameters.js';
import { Authenticated } from '../../../sessions/authenticated.js';
import { CurrentSession } from '../../../sessions/authentication.guard.js';
import type { Caller } from '../../../sessions/caller.js';
import { ExcludeDeviceDocs, IncludeDeviceDocs } from './groups.openapi.js';
import { GroupsService } from './groups.service.js';

@AuthenticationController('device_groups/:id/devices/:device_id')
@Authenticated()
export class GroupMembersController {
  constructor(private readonly groups: GroupsService) {}

  @Put()
  @IncludeDeviceDocs()
  @HttpCode(204)
  update(
    @IdParameter('id') id: number,
    @IdParameter('device_id') deviceId: number,
    @CurrentSession() caller: Caller,
  ): Promise<void> {
    return this.groups.include(caller, id, deviceId);
  }

  @Delete()
  @ExcludeDeviceDocs()
  @HttpCode(204)
  remove(
    @IdParameter('id') id: number,
    @IdParameter('device_id') deviceId: number,
    @CurrentSession() caller: Caller,
  ): Promise<void> {
    return this.groups.exclude(caller, id, deviceId);
  }
}
