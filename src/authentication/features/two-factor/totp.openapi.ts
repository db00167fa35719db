import { Documented } from '../../http/openapi/documented.js';
import { ConfirmTotpDto, RemoveTotpDto, TwoFactorPasswordDto } from './dto/two-factor.dto.js';
import { RecoveryCodesView, TotpSetUpView } from './two-factor.view.js';

const group = 'Two-factor authentication';
const OF_PASSWORDS = { 429: ['too_many_requests'], 503: ['overloaded'] };

export const BeginTotpDocs = (): MethodDecorator =>
  Documented({
    id: 'beginTotp',
    group,
    summary: 'Create a secret for an authenticator app',
    details:
      'The second factor is on only after a code of the app has confirmed the secret. Asking again before that replaces the secret.',
    caller: 'session',
    body: TwoFactorPasswordDto,
    answers: { 201: { description: 'The secret.', type: TotpSetUpView } },
    problems: { 403: ['email_unverified'], ...OF_PASSWORDS },
  });

export const ConfirmTotpDocs = (): MethodDecorator =>
  Documented({
    id: 'confirmTotp',
    group,
    summary: 'Turn the second factor on with a code of the authenticator app',
    details:
      'All other sessions of the user and all device tokens end, and this session gets a new token. The recovery codes are not shown again.',
    caller: 'session',
    body: ConfirmTotpDto,
    answers: {
      200: {
        description: 'The second factor is on. The header holds the new token, the body the recovery codes.',
        type: RecoveryCodesView,
        token: true,
      },
    },
    problems: { 429: ['too_many_requests'] },
  });

export const DisableTotpDocs = (): MethodDecorator =>
  Documented({
    id: 'disableTotp',
    group,
    summary: 'Turn the second factor off',
    details:
      'Takes the password and a code, of the authenticator app or a recovery code. Wrong codes are counted as at sign-in. A secret that is not on yet is deleted without a code.',
    caller: 'session',
    body: RemoveTotpDto,
    answers: { 204: { description: 'The second factor is off.' } },
    problems: { 404: ['not_found'], ...OF_PASSWORDS },
  });
