import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '../../core/openapi/annotations.js';
import { Documented } from '../../http/openapi/documented.js';
import { EventView } from './event.view.js';
import { DEFAULT_LIMIT, MAX_LIMIT } from './events.service.js';

export const ListEventsDocs = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({
      name: 'limit',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
    }),
    ApiQuery({
      name: 'before',
      required: false,
      description:
        'Lists only events that are older than the event with this id. For the next page, give the last id of this page.',
      schema: { type: 'integer', minimum: 1 },
    }),
    Documented({
      id: 'listEvents',
      group: 'Activity',
      summary: 'List the events of your account',
      details:
        'Successful and failed sign-ins, changes of the password and of the email address, and what other features record. Events are kept for 400 days.',
      caller: 'session',
      answers: { 200: { description: 'Your events, newest first.', type: [EventView] } },
    }),
  );
