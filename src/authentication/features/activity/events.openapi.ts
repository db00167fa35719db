import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
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
      description: 'an id: events older than that one; for the next page, the last id of this one',
      schema: { type: 'integer', minimum: 1 },
    }),
    Documented({
      id: 'listEvents',
      group: 'Activity',
      summary: 'List what happened to the account',
      details: 'Sign-ins and failed ones, changes of password and address, and what features add. 400 days.',
      caller: 'session',
      answers: { 200: { description: 'own events, newest first', type: [EventView] } },
    }),
  );
