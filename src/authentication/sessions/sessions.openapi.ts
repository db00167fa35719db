import { applyDecorators } from '@nestjs/common';
import { Documented } from '../http/openapi/documented.js';
import { IdParam } from '../http/openapi/id-param.js';
import { SessionView } from './session.view.js';

const group = 'Sessions';
const ONE = { description: 'The session.', type: SessionView };
const ENDED = { description: 'The session has ended.' };

export const ListSessionsDocs = (): MethodDecorator =>
  Documented({
    id: 'listSessions',
    group,
    summary: 'List your sessions',
    caller: 'session',
    answers: { 200: { description: 'Your active sessions, newest first.', type: [SessionView] } },
  });

export const ShowSessionDocs = (): MethodDecorator =>
  applyDecorators(
    IdParam(),
    Documented({
      id: 'showSession',
      group,
      summary: 'Show one of your sessions',
      caller: 'session',
      answers: { 200: ONE },
      problems: { 404: ['not_found'] },
    }),
  );

export const EndAllSessionsDocs = (): MethodDecorator =>
  Documented({
    id: 'endAllSessions',
    group,
    summary: 'End all of your sessions, including this one',
    caller: 'session',
    answers: { 204: { description: 'All sessions have ended.' } },
  });

export const EndSessionDocs = (): MethodDecorator =>
  applyDecorators(
    IdParam(),
    Documented({
      id: 'endSession',
      group,
      summary: 'End one of your sessions',
      caller: 'session',
      answers: { 204: ENDED },
      problems: { 404: ['not_found'] },
    }),
  );
