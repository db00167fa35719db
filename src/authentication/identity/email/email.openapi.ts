import { UserView } from '../../core/users/user.view.js';
import { Documented } from '../../http/openapi/documented.js';
import { ChangeEmailDto } from './dto/change-email.dto.js';

const group = 'Email addresses';

export const ChangeEmailDocs = (): MethodDecorator =>
  Documented({
    id: 'changeEmail',
    group,
    summary: 'Ask for another address',
    details:
      '`email` stays and `unconfirmed_email` waits for the click on the link that goes to it; the old address gets a notice.',
    caller: 'session',
    body: ChangeEmailDto,
    answers: { 200: { description: 'the user', type: UserView } },
    problems: { 422: ['already_registered'], 429: ['too_many_requests'], 503: ['overloaded'] },
  });

export const CancelEmailChangeDocs = (): MethodDecorator =>
  Documented({
    id: 'cancelEmailChange',
    group,
    summary: 'Drop the change that waits',
    details: 'Its link is dead.',
    caller: 'session',
    answers: { 200: { description: 'the user', type: UserView } },
  });
