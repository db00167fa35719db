import { Documented, type RouteDescription } from '../../http/openapi/documented.js';
import { SessionView } from '../../sessions/session.view.js';
import { AnswerChallengeDto } from './dto/two-factor.dto.js';

const ROUTE = {
  group: 'Two-factor authentication',
  body: AnswerChallengeDto,
  answers: { 201: { description: 'The session.', type: SessionView, token: true } },
  problems: {
    400: ['invalid_token'],
    401: ['invalid_credentials'],
    403: ['email_unverified', 'account_suspended'],
    429: ['too_many_requests'],
  },
} satisfies Partial<RouteDescription>;

const LIMIT =
  'After five wrong codes within 15 minutes, every further code for this user is answered 429; after twenty within a day, every code of the authenticator app. The owner is told by email.';

export const AnswerWithTotpDocs = (): MethodDecorator =>
  Documented({
    ...ROUTE,
    id: 'answerChallengeWithTotp',
    summary: 'Sign in with a code of the authenticator app',
    details: LIMIT,
  });

export const AnswerWithRecoveryCodeDocs = (): MethodDecorator =>
  Documented({
    ...ROUTE,
    id: 'answerChallengeWithRecoveryCode',
    summary: 'Sign in with a recovery code',
    details: `Each code works once. The user is told by email. ${LIMIT}`,
  });
