import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '../../core/openapi/annotations.js';
import { Documented } from '../../http/openapi/documented.js';
import { ReverseEmailDto } from './dto/reverse-email.dto.js';

const group = 'Email addresses';
const FAILURES = { 400: ['invalid_token'], 429: ['too_many_requests'] };

export const ShowEmailReversalDocs = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({ name: 'token', type: String, required: true }),
    Documented({
      id: 'showEmailReversal',
      group,
      summary: 'Show the page that the email to the old address opens',
      details:
        'Opening the page does not use up the link. The link is valid for 7 days, whatever changes since.',
      answers: {
        200: { description: 'The page with the button.', page: true },
        204: { description: 'The token is valid. Only for a request that asks for JSON.' },
      },
      problems: FAILURES,
      pages: true,
    }),
  );

export const ReverseEmailDocs = (): MethodDecorator =>
  Documented({
    id: 'reverseEmail',
    group,
    summary: 'Take the account back with the button of the page',
    details:
      'The old address is the address of the account again, and confirmed. The password no longer works, all sessions and tokens end, and an email to set a new password is sent to the old address. What was added to the account since the change was requested is removed.',
    form: ReverseEmailDto,
    answers: { 200: { description: 'A page that says that the account is taken back.', page: true } },
    problems: FAILURES,
    pages: true,
  });
