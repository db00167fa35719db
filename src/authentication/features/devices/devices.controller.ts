import { Get, Post } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import type { User } from '../../core/users/user.entity.js';
import { JsonBody } from '../../http/body/body.pipe.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { CurrentClient } from '../../http/routes/parameters.js';
import { Authenticated } from '../../sessions/authenticated.js';
import { CurrentSession, CurrentUser } from '../../sessions/authentication.guard.js';
import type { Caller } from '../../sessions/caller.js';
import { deviceView, type DeviceView } from './device.view.js';
import { AddDeviceDocs, ListDevicesDocs } from './devices.openapi.js';
import { DevicesService } from './devices.service.js';
import { DeviceNameDto } from './dto/name.dto.js';

/** All of the caller's devices. */
@AuthenticationController('devices')
@Authenticated()
export class DevicesController {
  constructor(private readonly devices: DevicesService) {}

  @Get()
  @ListDevicesDocs()
  async list(@CurrentUser() user: User): Promise<DeviceView[]> {
    return (await this.devices.listFor(user)).map(deviceView);
  }

  @Post()
  @AddDeviceDocs()
  async create(
    @JsonBody() { name }: DeviceNameDto,
    @CurrentSession() caller: Caller,
    @CurrentClient() client: Client,
  ): Promise<DeviceView> {
    return deviceView(await this.devices.add(caller, name, client));
  }
}
