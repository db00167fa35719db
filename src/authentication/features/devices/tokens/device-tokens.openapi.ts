import { applyDecorators } from '@nestjs/common';
import { Documented } from '../../../http/openapi/documented.js';
import { IdParam } from '../../../http/openapi/id-param.js';
import { DEVICES } from '../devices.openapi.js';
import { DeviceTokenView } from './device-token.view.js';
import { IssueDeviceTokenDto } from './dto/issue-device-token.dto.js';

export const IssueDeviceTokenDocs = (): MethodDecorator =>
  applyDecorators(
    IdParam(),
    Documented({
      id: 'issueDeviceToken',
      group: DEVICES,
      summary: 'Create a token for a device',
      details:
        'With this token the device may read `/me`, its own device and the profile, and call the routes of your own application. Every other route answers 403. The owner is told by email.',
      caller: 'session',
      body: IssueDeviceTokenDto,
      answers: { 201: { description: 'The token. It is not shown again.', type: DeviceTokenView } },
      problems: { 404: ['not_found'], 429: ['too_many_requests'], 503: ['overloaded'] },
    }),
  );

export const EndDeviceTokensDocs = (): MethodDecorator =>
  applyDecorators(
    IdParam(),
    Documented({
      id: 'endDeviceTokens',
      group: DEVICES,
      summary: 'End all tokens of a device',
      caller: 'session',
      answers: { 204: { description: 'The tokens no longer work.' } },
      problems: { 404: ['not_found'] },
    }),
  );
