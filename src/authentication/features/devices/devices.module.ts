import { Module } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { MailModule } from '../../core/mail/mail.module.js';
import { addFields } from '../../http/openapi/document.js';
import { SignInDto } from '../../sessions/dto/sign-in.dto.js';
import { DeviceAccess } from './device-access.js';
import { DeviceController } from './device.controller.js';
import { Device } from './device.entity.js';
import { DevicesController } from './devices.controller.js';
import { DevicesService } from './devices.service.js';
import { DeviceGroup } from './groups/device-group.entity.js';
import { GroupMembersController } from './groups/group-members.controller.js';
import { GroupsController } from './groups/groups.controller.js';
import { GroupsService } from './groups/groups.service.js';
import { CreateDevices1795000700000 } from './migrations/1795000700000-create-devices.js';
import { AddIssuingSessionToDevices1795001100000 } from './migrations/1795001100000-add-issuing-session-to-devices.js';
import { DevicePairedMail } from './pairing/device-paired.mail.js';
import { PairingClaimsController } from './pairing/pairing-claims.controller.js';
import { PairingClaims } from './pairing/pairing-claims.js';
import { PairingCodes } from './pairing/pairing-codes.js';
import { PairingPolls } from './pairing/pairing-polls.js';
import { PairingRequests } from './pairing/pairing-requests.js';
import { PairingsController } from './pairing/pairings.controller.js';
import { addPairingScheme } from './pairing/pairings.openapi.js';
import { SignInDevice, SignInDeviceFields } from './sign-in-device.js';
import { DeviceTokenIssuedMail } from './tokens/device-token-issued.mail.js';
import { DeviceTokenKind } from './tokens/device-token.kind.js';
import { DeviceTokensController } from './tokens/device-tokens.controller.js';
import { DeviceTokens } from './tokens/device-tokens.js';

@Module({
  imports: [MailModule],
  controllers: [
    PairingsController,
    PairingClaimsController,
    DevicesController,
    DeviceController,
    DeviceTokensController,
    GroupsController,
    GroupMembersController,
  ],
  providers: [
    DeviceAccess,
    DevicePairedMail,
    DeviceTokenIssuedMail,
    DeviceTokenKind,
    DeviceTokens,
    DevicesService,
    GroupsService,
    PairingClaims,
    PairingCodes,
    PairingPolls,
    PairingRequests,
    SignInDevice,
  ],
})
export class DevicesModule {
  static readonly entities = [Device, DeviceGroup];
  static readonly migrations = [CreateDevices1795000700000, AddIssuingSessionToDevices1795001100000];

  static describe(document: OpenAPIObject): void {
    addFields(document, SignInDto, SignInDeviceFields);
    addPairingScheme(document);
  }
}
