import { Documented, type RouteDescription } from '../../http/openapi/documented.js';
import { SessionView } from '../../sessions/session.view.js';
import { AnswerChallengeDto } from './dto/two-factor.dto.js';

const ROUTE = {
  group: 'Two-factor authentication',
  body: AnswerChallengeDto,
  answers: { 201: { description: 'the session', type: SessionView, token: true } },
  problems: {
    400: ['invalid_token'],
    401: ['invalid_credentials'],
    403: ['email_unverified', 'account_suspended'],
    429: ['too_many_requests'],
  },
} satisfies Partial<RouteDescription>;

const HELD_UP = 'Five wrong codes within 15 minutes hold up every challenge of that user.';

export const AnswerWithTotpDocs = (): MethodDecorator =>
  Documented({
    ...ROUTE,
    id: 'answerChallengeWithTotp',
    summary: 'Sign in with a code of the authenticator app',
    details: HELD_UP,
  });

export const AnswerWithRecoveryCodeDocs = (): MethodDecorator =>
  Documented({
    ...ROUTE,
    id: 'answerChallengeWithRecoveryCode',
    summary: 'Sign in with a recovery code',
    details: `The code is used up, and the owner is mailed. ${HELD_UP}`,
  });
