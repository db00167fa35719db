import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiQuery } from '../../core/openapi/annotations.js';
import { Documented } from '../../http/openapi/documented.js';
import { IdParam } from '../../http/openapi/id-param.js';
import { DeviceView } from './device.view.js';
import { DeviceNameDto } from './dto/name.dto.js';
import { SignInDeviceFields } from './sign-in-device.js';

export const DEVICES = 'Devices';
const DEVICE = { description: 'The device.', type: DeviceView };
const UNKNOWN = { 404: ['not_found'] };

export const ListDevicesDocs = (): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(SignInDeviceFields),
    Documented({
      id: 'listDevices',
      group: DEVICES,
      summary: 'List your devices',
      caller: 'session',
      answers: { 200: { description: 'Your devices, newest first.', type: [DeviceView] } },
    }),
  );

export const ShowDeviceDocs = (): MethodDecorator =>
  applyDecorators(
    IdParam(),
    Documented({
      id: 'showDevice',
      group: DEVICES,
      summary: 'Show one of your devices',
      details: 'With the token of a device, only that device.',
      caller: 'session',
      answers: { 200: DEVICE },
      problems: UNKNOWN,
    }),
  );

export const AddDeviceDocs = (): MethodDecorator =>
  Documented({
    id: 'addDevice',
    group: DEVICES,
    summary: 'Add a device',
    caller: 'session',
    body: DeviceNameDto,
    answers: { 201: DEVICE },
  });

export const RenameDeviceDocs = (): MethodDecorator =>
  applyDecorators(
    IdParam(),
    Documented({
      id: 'renameDevice',
      group: DEVICES,
      summary: 'Rename a device',
      caller: 'session',
      body: DeviceNameDto,
      answers: { 200: DEVICE },
      problems: UNKNOWN,
    }),
  );

export const RemoveDeviceDocs = (): MethodDecorator =>
  applyDecorators(
    IdParam(),
    ApiQuery({
      name: 'keep_data',
      required: false,
      schema: { type: 'boolean', default: false },
      description: 'Keeps the record of the device, marked as deleted, for data that refers to it.',
    }),
    Documented({
      id: 'removeDevice',
      group: DEVICES,
      summary: 'Remove a device',
      details: 'The sessions and tokens of the device end.',
      caller: 'session',
      answers: { 204: { description: 'The device is removed.' } },
      problems: { ...UNKNOWN, 409: ['in_use'] },
    }),
  );
