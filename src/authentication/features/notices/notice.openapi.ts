import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
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
      summary: 'The page behind the mailed notice of a sign-in from a new device',
      details: 'Nothing is consumed.',
      answers: {
        200: { description: 'the page with the button', page: true },
        204: { description: 'the token is live, for a request that asks for JSON' },
      },
      problems: FAILURES,
      pages: true,
    }),
  );

export const DenySignInDocs = (): MethodDecorator =>
  Documented({
    id: 'denySignIn',
    group,
    summary: 'The button of that page',
    details: 'That session ends, and a password reset is mailed.',
    form: DenySignInDto,
    answers: { 200: { description: 'a page that says so', page: true } },
    problems: FAILURES,
    pages: true,
  });
