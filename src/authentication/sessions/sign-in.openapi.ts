import { Documented } from '../http/openapi/documented.js';
import { SignInDto } from './dto/sign-in.dto.js';
import { SessionView } from './session.view.js';

export const SignInDocs = (): MethodDecorator =>
  Documented({
    id: 'signIn',
    group: 'Sessions',
    summary: 'Sign in',
    details:
      'The answer is the same for an unknown address and for a wrong password. With `CONCEAL_ACCOUNTS=true` it is also the same for an address that was never verified.',
    body: SignInDto,
    answers: {
      201: { description: 'The session. The header holds its token.', type: SessionView, token: true },
    },
    problems: {
      401: ['invalid_credentials'],
      403: ['email_unverified', 'account_suspended'],
      429: ['too_many_requests'],
      503: ['overloaded'],
    },
  });
