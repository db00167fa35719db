import { Documented } from '../../http/openapi/documented.js';
import { ChangeFactorDto } from './dto/two-factor.dto.js';
import { RecoveryCodesView, RemainingRecoveryCodesView } from './two-factor.view.js';

const group = 'Two-factor authentication';

export const ShowRecoveryCodesDocs = (): MethodDecorator =>
  Documented({
    id: 'showRecoveryCodes',
    group,
    summary: 'Show how many recovery codes you have left',
    caller: 'session',
    answers: {
      200: { description: 'The number of recovery codes that are left.', type: RemainingRecoveryCodesView },
    },
  });

export const RenewRecoveryCodesDocs = (): MethodDecorator =>
  Documented({
    id: 'renewRecoveryCodes',
    group,
    summary: 'Create ten new recovery codes',
    details:
      'Takes the password and a code, of the authenticator app or a recovery code. Wrong codes are counted as at sign-in. The old recovery codes no longer work.',
    caller: 'session',
    body: ChangeFactorDto,
    answers: { 201: { description: 'The codes. They are not shown again.', type: RecoveryCodesView } },
    problems: { 429: ['too_many_requests'], 503: ['overloaded'] },
  });
