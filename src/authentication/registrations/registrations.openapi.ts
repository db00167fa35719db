import { ApiProperty } from '../core/openapi/annotations.js';
import { UserView } from '../core/users/user.view.js';
import { Documented } from '../http/openapi/documented.js';
import { DeleteAccountDto } from './dto/delete-account.dto.js';
import { SignUpDto } from './dto/sign-up.dto.js';

const group = 'Accounts';

class ConcealedSignUpView {
  @ApiProperty({ example: 'ada@example.com' })
  email!: string;
}

export const SignUpDocs = (): MethodDecorator =>
  Documented({
    id: 'signUp',
    group,
    summary: 'Sign up',
    details: 'Creates a user and emails a link that confirms the address.',
    body: SignUpDto,
    answers: {
      201: { description: 'The user.', type: UserView },
      202: {
        description: 'With `CONCEAL_ACCOUNTS=true`: the same answer for a free and a taken address.',
        type: ConcealedSignUpView,
      },
    },
    problems: { 422: ['already_registered'], 429: ['too_many_requests'], 503: ['overloaded'] },
  });

export const ShowAccountDocs = (): MethodDecorator =>
  Documented({
    id: 'showAccount',
    group,
    summary: 'Show your user',
    caller: 'credential',
    answers: { 200: { description: 'The user.', type: UserView } },
  });

export const DeleteAccountDocs = (): MethodDecorator =>
  Documented({
    id: 'deleteAccount',
    group,
    summary: 'Delete your account',
    details: 'Deletes the user with all sessions, tokens and other data that belongs to the user.',
    caller: 'session',
    body: DeleteAccountDto,
    answers: { 204: { description: 'The account is deleted.' } },
    problems: { 409: ['in_use'], 429: ['too_many_requests'], 503: ['overloaded'] },
  });
