import { Documented } from '../http/openapi/documented.js';
import { SessionView } from './session.view.js';

const group = 'Sessions';

export const ShowCurrentSessionDocs = (): MethodDecorator =>
  Documented({
    id: 'showCurrentSession',
    group,
    summary: 'Show the session of this request',
    caller: 'session',
    answers: { 200: { description: 'The session.', type: SessionView } },
    problems: { 404: ['not_found'] },
  });

export const RenewSessionDocs = (): MethodDecorator =>
  Documented({
    id: 'renewSession',
    group,
    summary: 'Replace the token of this session',
    details:
      'The old token works for 30 more seconds, for requests that are already on their way. If the answer with the new ' +
      'token is lost, renew again with the old token within these 30 seconds: that works as long as the new token was ' +
      'never used, and makes the unused token invalid. The session still ends at its absolute limit.',
    caller: 'session',
    answers: {
      201: {
        description: 'The same session. The header holds its new token.',
        type: SessionView,
        token: true,
      },
    },
  });

export const SignOutDocs = (): MethodDecorator =>
  Documented({
    id: 'signOut',
    group,
    summary: 'Sign out: end this session',
    caller: 'session',
    answers: { 204: { description: 'The session has ended.' } },
    problems: { 404: ['not_found'] },
  });

export const EndOtherSessionsDocs = (): MethodDecorator =>
  Documented({
    id: 'endOtherSessions',
    group,
    summary: 'End all of your sessions except this one',
    caller: 'session',
    answers: { 204: { description: 'The other sessions have ended.' } },
  });
