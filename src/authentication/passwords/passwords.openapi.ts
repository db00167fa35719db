import { UserView } from '../core/users/user.view.js';
import { Documented } from '../http/openapi/documented.js';
import { ChangePasswordDto } from './dto/change-password.dto.js';

export const ChangePasswordDocs = (): MethodDecorator =>
  Documented({
    id: 'changePassword',
    group: 'Passwords',
    summary: 'Change your password',
    details: 'All other sessions end, and the user is told by email.',
    caller: 'session',
    body: ChangePasswordDto,
    answers: { 200: { description: 'The user.', type: UserView } },
    problems: { 429: ['too_many_requests'], 503: ['overloaded'] },
  });
