import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { Documented } from '../../http/openapi/documented.js';
import { ConfirmEmailDto, SendEmailVerificationDto } from './dto/email-verification.dto.js';

const group = 'Email addresses';
const FAILURES = { 400: ['invalid_token'], 429: ['too_many_requests'] };

export const SendEmailVerificationDocs = (): MethodDecorator =>
  Documented({
    id: 'sendEmailVerification',
    group,
    summary: 'Mail the link that confirms an address',
    details:
      'Signed in, the waiting address is mailed, else the unverified one, else nobody. Signed out, the answer is the same whatever the address.',
    caller: 'anybody',
    body: SendEmailVerificationDto,
    answers: { 204: { description: 'mailed, if there is anything to confirm' } },
    problems: { 429: ['too_many_requests'] },
  });

export const ShowEmailVerificationDocs = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({ name: 'email', type: String, required: true }),
    ApiQuery({ name: 'token', type: String, required: true }),
    Documented({
      id: 'showEmailVerification',
      group,
      summary: 'The page behind the mailed link',
      details:
        'A page with a button; nothing is consumed. With `Accept: application/json`, or `Content-Type: application/json`, the address is confirmed at once.',
      answers: {
        200: { description: 'the page', page: true },
        204: { description: 'confirmed, for a request that asks for JSON' },
      },
      problems: FAILURES,
      pages: true,
    }),
  );

export const ConfirmEmailDocs = (): MethodDecorator =>
  Documented({
    id: 'confirmEmail',
    group,
    summary: 'Confirm an address',
    body: ConfirmEmailDto,
    answers: { 204: { description: 'confirmed' } },
    problems: FAILURES,
  });

export const ConfirmEmailPageDocs = (): MethodDecorator =>
  Documented({
    id: 'confirmEmailOnPage',
    group,
    summary: 'The form of that page',
    form: ConfirmEmailDto,
    answers: { 200: { description: 'a page that says so', page: true } },
    problems: FAILURES,
    pages: true,
  });
