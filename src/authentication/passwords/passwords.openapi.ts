import { UserView } from '../core/users/user.view.js';
import { Documented } from '../http/openapi/documented.js';
import { ChangePasswordDto } from './dto/change-password.dto.js';

export const ChangePasswordDocs = (): MethodDecorator =>
  Documented({
    id: 'changePassword',
    group: 'Passwords',
    summary: 'Change the own password',
    details: 'Every other session ends, and the owner is mailed.',
    caller: 'session',
    body: ChangePasswordDto,
    answers: { 200: { description: 'the user', type: UserView } },
    problems: { 429: ['too_many_requests'], 503: ['overloaded'] },
  });
