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
    summary: 'List the own groups of devices',
    caller: 'session',
    answers: { 200: { description: 'by name', type: [GroupView] } },
  });

export const AddGroupDocs = (): MethodDecorator =>
  Documented({
    id: 'addDeviceGroup',
    group,
    summary: 'Add a group of devices',
    caller: 'session',
    body: GroupNameDto,
    answers: { 201: { description: 'the group', type: GroupView } },
    problems: { 422: ['already_taken'] },
  });

export const RemoveGroupDocs = (): MethodDecorator =>
  applyDecorators(
    IdParam(),
    Documented({
      id: 'removeDeviceGroup',
      group,
      summary: 'Remove a group',
      details: 'Its devices stay.',
      caller: 'session',
      answers: { 204: { description: 'removed' } },
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
      answers: { 204: { description: 'it is in, also when it was before' } },
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
      answers: { 204: { description: 'it is out, also when it never was in' } },
      problems: UNKNOWN,
    }),
  );
