import { Delete, Get, HttpCode, Patch, UseGuards } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import type { User } from '../../core/users/user.entity.js';
import { JsonBody } from '../../http/body/body.pipe.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { CurrentClient, IdParameter, QueryFlag } from '../../http/routes/parameters.js';
import { Authenticated } from '../../sessions/authenticated.js';
import { CurrentSession, CurrentUser, SessionOnly } from '../../sessions/authentication.guard.js';
import type { Caller } from '../../sessions/caller.js';
import { deviceView, type DeviceView } from './device.view.js';
import { RemoveDeviceDocs, RenameDeviceDocs, ShowDeviceDocs } from './devices.openapi.js';
import { DevicesService } from './devices.service.js';
import { DeviceNameDto } from './dto/name.dto.js';
import { OwnDeviceGuard } from './own-device.guard.js';

/** One of the caller's devices. */
@AuthenticationController('devices/:id')
@Authenticated()
export class DeviceController {
  constructor(private readonly devices: DevicesService) {}

  @Get()
  @ShowDeviceDocs()
  @SessionOnly(false)
  @UseGuards(OwnDeviceGuard)
  async show(@IdParameter('id') id: number, @CurrentUser() user: User): Promise<DeviceView> {
    return deviceView(await this.devices.find(user, id));
  }

  @Patch()
  @RenameDeviceDocs()
  async update(
    @IdParameter('id') id: number,
    @JsonBody() { name }: DeviceNameDto,
    @CurrentSession() caller: Caller,
  ): Promise<DeviceView> {
    return deviceView(await this.devices.rename(caller, id, name));
  }

  @Delete()
  @RemoveDeviceDocs()
  @HttpCode(204)
  remove(
    @IdParameter('id') id: number,
    @QueryFlag('keep_data') keepData: boolean,
    @CurrentSession() caller: Caller,
    @CurrentClient() client: Client,
  ): Promise<void> {
    return this.devices.remove(caller, id, keepData, client);
  }
}
