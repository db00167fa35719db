import { Documented } from '../../http/openapi/documented.js';
import { ProfileDto } from './dto/profile.dto.js';
import { ProfileView } from './profile.view.js';

const group = 'Accounts';

export const ShowProfileDocs = (): MethodDecorator =>
  Documented({
    id: 'showProfile',
    group,
    summary: 'Show your profile',
    details: 'A field that was never set is null.',
    caller: 'credential',
    answers: { 200: { description: 'The profile.', type: ProfileView } },
  });

export const ChangeProfileDocs = (): MethodDecorator =>
  Documented({
    id: 'changeProfile',
    group,
    summary: 'Change your profile',
    details:
      'A field that is not given keeps its value. A `username` that another user has is answered 422 `taken`; upper and lower case do not count.',
    caller: 'session',
    body: ProfileDto,
    answers: { 200: { description: 'The profile.', type: ProfileView } },
  });
