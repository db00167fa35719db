import { Documented } from '../../http/openapi/documented.js';
import { TwoFactorPasswordDto } from './dto/two-factor.dto.js';
import { RecoveryCodesView, RemainingRecoveryCodesView } from './two-factor.view.js';

const group = 'Two-factor authentication';

export const ShowRecoveryCodesDocs = (): MethodDecorator =>
  Documented({
    id: 'showRecoveryCodes',
    group,
    summary: 'How many recovery codes are left',
    caller: 'session',
    answers: { 200: { description: 'their number', type: RemainingRecoveryCodesView } },
  });

export const RenewRecoveryCodesDocs = (): MethodDecorator =>
  Documented({
    id: 'renewRecoveryCodes',
    group,
    summary: 'Get ten new recovery codes; the old ones are void',
    caller: 'session',
    body: TwoFactorPasswordDto,
    answers: { 201: { description: 'the codes, shown this once', type: RecoveryCodesView } },
    problems: { 429: ['too_many_requests'], 503: ['overloaded'] },
  });
