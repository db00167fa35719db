import { Documented } from '../../http/openapi/documented.js';
import { ConfirmTotpDto, TwoFactorPasswordDto } from './dto/two-factor.dto.js';
import { RecoveryCodesView, TotpSetUpView } from './two-factor.view.js';

const group = 'Two-factor authentication';
const OF_PASSWORDS = { 429: ['too_many_requests'], 503: ['overloaded'] };

export const BeginTotpDocs = (): MethodDecorator =>
  Documented({
    id: 'beginTotp',
    group,
    summary: 'Get a secret for an authenticator app',
    details: 'It counts once a code confirmed it. Asked again before that, a new secret takes its place.',
    caller: 'session',
    body: TwoFactorPasswordDto,
    answers: { 201: { description: 'the secret', type: TotpSetUpView } },
    problems: { 403: ['email_unverified'], ...OF_PASSWORDS },
  });

export const ConfirmTotpDocs = (): MethodDecorator =>
  Documented({
    id: 'confirmTotp',
    group,
    summary: 'Turn the second factor on with a code of the app',
    details: 'Other sessions end, and the caller gets a new token. The recovery codes are shown this once.',
    caller: 'session',
    body: ConfirmTotpDto,
    answers: { 200: { description: 'on', type: RecoveryCodesView, token: true } },
    problems: { 429: ['too_many_requests'] },
  });

export const DisableTotpDocs = (): MethodDecorator =>
  Documented({
    id: 'disableTotp',
    group,
    summary: 'Turn the second factor off',
    caller: 'session',
    body: TwoFactorPasswordDto,
    answers: { 204: { description: 'off' } },
    problems: { 404: ['not_found'], ...OF_PASSWORDS },
  });
