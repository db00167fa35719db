import { applyDecorators } from '@nestjs/common';
import { Documented } from '../http/openapi/documented.js';
import { IdParam } from '../http/openapi/id-param.js';
import { SessionView } from './session.view.js';

const group = 'Sessions';
const ONE = { description: 'the session', type: SessionView };
const ENDED = { description: 'ended' };

export const ListSessionsDocs = (): MethodDecorator =>
  Documented({
    id: 'listSessions',
    group,
    summary: 'List the own sessions',
    caller: 'session',
    answers: { 200: { description: 'live sessions, newest first', type: [SessionView] } },
  });

export const ShowSessionDocs = (): MethodDecorator =>
  applyDecorators(
    IdParam(),
    Documented({
      id: 'showSession',
      group,
      summary: 'Show one of the own sessions',
      caller: 'session',
      answers: { 200: ONE },
      problems: { 404: ['not_found'] },
    }),
  );

export const EndAllSessionsDocs = (): MethodDecorator =>
  Documented({
    id: 'endAllSessions',
    group,
    summary: "End all own sessions, the caller's too",
    caller: 'session',
    answers: { 204: ENDED },
  });

export const EndSessionDocs = (): MethodDecorator =>
  applyDecorators(
    IdParam(),
    Documented({
      id: 'endSession',
      group,
      summary: 'End one of the own sessions',
      caller: 'session',
      answers: { 204: ENDED },
      problems: { 404: ['not_found'] },
    }),
  );
