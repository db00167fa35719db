import { UserView } from '../../core/users/user.view.js';
import { Documented } from '../../http/openapi/documented.js';
import { ChangeEmailDto } from './dto/change-email.dto.js';

const group = 'Email addresses';

export const ChangeEmailDocs = (): MethodDecorator =>
  Documented({
    id: 'changeEmail',
    group,
    summary: 'Change your email address',
    details:
      'The new address is kept in `unconfirmed_email` until the link that is emailed to it is opened and confirmed. Until then `email` does not change. The old address, if it was verified, gets an email with a link that takes the account back within 7 days.',
    caller: 'session',
    body: ChangeEmailDto,
    answers: { 200: { description: 'The user.', type: UserView } },
    problems: { 422: ['already_registered'], 429: ['too_many_requests'], 503: ['overloaded'] },
  });

export const CancelEmailChangeDocs = (): MethodDecorator =>
  Documented({
    id: 'cancelEmailChange',
    group,
    summary: 'Cancel the change of your email address',
    details: 'The link that was emailed to the new address no longer works.',
    caller: 'session',
    answers: { 200: { description: 'The user.', type: UserView } },
  });
