import { Documented } from '../../http/openapi/documented.js';
import { ProfileDto } from './dto/profile.dto.js';
import { ProfileView } from './profile.view.js';

const group = 'Accounts';

export const ShowProfileDocs = (): MethodDecorator =>
  Documented({
    id: 'showProfile',
    group,
    summary: 'Show the own profile',
    details: 'Every field that was never given is null.',
    caller: 'credential',
    answers: { 200: { description: 'the profile', type: ProfileView } },
  });

export const ChangeProfileDocs = (): MethodDecorator =>
  Documented({
    id: 'changeProfile',
    group,
    summary: 'Change the own profile',
    details:
      'Fields that are not given stay. A `username` that another user has, whatever its case, is answered 422 `taken`.',
    caller: 'session',
    body: ProfileDto,
    answers: { 200: { description: 'the profile', type: ProfileView } },
  });
