import { Documented } from '../../http/openapi/documented.js';
import { EnterSudoDto } from './dto/enter-sudo.dto.js';

export const EnterSudoDocs = (): MethodDecorator =>
  Documented({
    id: 'enterSudo',
    group: 'Sessions',
    summary: "Make the caller's session fresh again",
    details: 'The old token serves requests in flight for 30 seconds more; it is not fresh.',
    caller: 'session',
    body: EnterSudoDto,
    answers: { 204: { description: 'fresh for 30 minutes', token: true } },
    problems: { 429: ['too_many_requests'], 503: ['overloaded'] },
  });
