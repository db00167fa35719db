import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '../../core/openapi/annotations.js';
import { Documented } from '../../http/openapi/documented.js';
import { DenySignInDto } from './dto/deny-sign-in.dto.js';

const group = 'Sessions';
const FAILURES = { 400: ['invalid_token'], 429: ['too_many_requests'] };

export const ShowNoticeDocs = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({ name: 'token', type: String, required: true }),
    Documented({
      id: 'showSignInNotice',
      group,
      summary: 'Show the page that the email about a sign-in from a new device opens',
      details: 'Opening the page does not use up the link.',
      answers: {
        200: { description: 'The page with the button.', page: true },
        204: { description: 'The token is valid. Only for a request that asks for JSON.' },
      },
      problems: FAILURES,
      pages: true,
    }),
  );

export const DenySignInDocs = (): MethodDecorator =>
  Documented({
    id: 'denySignIn',
    group,
    summary: 'Report with the button of the page that the sign-in was not yours',
    details:
      'The session of that sign-in and every later one end, with the devices, tokens, keys and factors that they added, and an email to reset the password is sent to the address of the notice. If the address of the account was changed since, it is changed back, and all access ends.',
    form: DenySignInDto,
    answers: { 200: { description: 'A page that says that the sessions have ended.', page: true } },
    problems: FAILURES,
    pages: true,
  });
