import { applyDecorators } from '@nestjs/common';
import { Documented } from '../http/openapi/documented.js';
import { IdParam } from '../http/openapi/id-param.js';
import { SignInDto } from './dto/sign-in.dto.js';
import { SessionView } from './session.view.js';

const group = 'Sessions';
const ONE = { description: 'the session', type: SessionView };
const ENDED = { description: 'ended' };

export const SignInDocs = (): MethodDecorator =>
  Documented({
    id: 'signIn',
    group,
    summary: 'Sign in',
    details: 'An unknown address and a wrong password are answered alike.',
    body: SignInDto,
    answers: { 201: { ...ONE, token: true } },
    problems: {
      401: ['invalid_credentials'],
      403: ['email_unverified', 'account_suspended'],
      429: ['too_many_requests'],
      503: ['overloaded'],
    },
  });

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
