import { applyDecorators } from '@nestjs/common';
import { Documented } from '../../../http/openapi/documented.js';
import { IdParam } from '../../../http/openapi/id-param.js';
import { GroupNameDto } from '../dto/name.dto.js';
import { GroupView } from './group.view.js';

const group = 'Device groups';
const UNKNOWN = { 404: ['not_found'] };

export const ListGroupsDocs = (): MethodDecorator =>
  Documented({
    id: 'listDeviceGroups',
    group,
    summary: 'List your groups of devices',
    caller: 'session',
    answers: { 200: { description: 'Your groups, sorted by name.', type: [GroupView] } },
  });

export const AddGroupDocs = (): MethodDecorator =>
  Documented({
    id: 'addDeviceGroup',
    group,
    summary: 'Add a group of devices',
    caller: 'session',
    body: GroupNameDto,
    answers: { 201: { description: 'The group.', type: GroupView } },
    problems: { 422: ['already_taken'] },
  });

export const RemoveGroupDocs = (): MethodDecorator =>
  applyDecorators(
    IdParam(),
    Documented({
      id: 'removeDeviceGroup',
      group,
      summary: 'Remove a group of devices',
      details: 'The devices of the group are not removed.',
      caller: 'session',
      answers: { 204: { description: 'The group is removed.' } },
      problems: UNKNOWN,
    }),
  );

export const IncludeDeviceDocs = (): MethodDecorator =>
  applyDecorators(
    IdParam(),
    IdParam('device_id'),
    Documented({
      id: 'includeDevice',
      group,
      summary: 'Put a device into a group',
      caller: 'session',
      answers: {
        204: { description: 'The device is in the group. Also the answer if it was in it before.' },
      },
      problems: UNKNOWN,
    }),
  );

export const ExcludeDeviceDocs = (): MethodDecorator =>
  applyDecorators(
    IdParam(),
    IdParam('device_id'),
    Documented({
      id: 'excludeDevice',
      group,
      summary: 'Take a device out of a group',
      caller: 'session',
      answers: {
        204: { description: 'The device is not in the group. Also the answer if it was not in it before.' },
      },
      problems: UNKNOWN,
    }),
  );
