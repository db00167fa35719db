import { Documented } from '../http/openapi/documented.js';
import { SessionView } from './session.view.js';

const group = 'Sessions';
const ENDED = { description: 'ended' };

export const ShowCurrentSessionDocs = (): MethodDecorator =>
  Documented({
    id: 'showCurrentSession',
    group,
    summary: "Show the caller's session",
    caller: 'session',
    answers: { 200: { description: 'the session', type: SessionView } },
    problems: { 404: ['not_found'] },
  });

export const RenewSessionDocs = (): MethodDecorator =>
  Documented({
    id: 'renewSession',
    group,
    summary: "Renew the token of the caller's session",
    details:
      'The old token works 30 seconds longer, for requests in flight. In that time it renews again, as long as the new ' +
      'one was never used (its answer was lost): the unused one is void then. The absolute limit stays.',
    caller: 'session',
    answers: { 201: { description: 'the same session', type: SessionView, token: true } },
  });

export const SignOutDocs = (): MethodDecorator =>
  Documented({
    id: 'signOut',
    group,
    summary: "End the caller's session",
    caller: 'session',
    answers: { 204: ENDED },
    problems: { 404: ['not_found'] },
  });

export const EndOtherSessionsDocs = (): MethodDecorator =>
  Documented({
    id: 'endOtherSessions',
    group,
    summary: "End all own sessions but the caller's",
    caller: 'session',
    answers: { 204: ENDED },
  });
