import { Documented } from '../../http/openapi/documented.js';
import { EnterSudoDto } from './dto/enter-sudo.dto.js';

export const EnterSudoDocs = (): MethodDecorator =>
  Documented({
    id: 'enterSudo',
    group: 'Sessions',
    summary: 'Confirm your password to make your session fresh',
    details:
      'The old token works for 30 more seconds, for requests that are already on their way. It is not fresh.',
    caller: 'session',
    body: EnterSudoDto,
    answers: {
      204: {
        description: 'The session is fresh for 30 minutes. The header holds its new token.',
        token: true,
      },
    },
    problems: { 429: ['too_many_requests'], 503: ['overloaded'] },
  });
