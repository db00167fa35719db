import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '../../core/openapi/annotations.js';
import { Documented } from '../../http/openapi/documented.js';
import { ConfirmEmailDto, SendEmailVerificationDto } from './dto/email-verification.dto.js';

const group = 'Email addresses';
const FAILURES = { 400: ['invalid_token'], 429: ['too_many_requests'] };

export const SendEmailVerificationDocs = (): MethodDecorator =>
  Documented({
    id: 'sendEmailVerification',
    group,
    summary: 'Send the email that confirms an address',
    details:
      'Signed in, the email goes to `unconfirmed_email`, or to `email` if that is not verified. With nothing to confirm, none is sent. Signed out, give the address in `email`; the answer is the same for every address.',
    caller: 'anybody',
    body: SendEmailVerificationDto,
    answers: { 204: { description: 'The email is sent if there is an address to confirm.' } },
    problems: { 429: ['too_many_requests'] },
  });

export const ShowEmailVerificationDocs = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({ name: 'email', type: String, required: true }),
    ApiQuery({ name: 'token', type: String, required: true }),
    Documented({
      id: 'showEmailVerification',
      group,
      summary: 'Show the page that the emailed link opens',
      details:
        'A browser gets a page with two buttons: one confirms the address, the other says that it was not you. Opening it does not use up the link. A request with `Accept: application/json` or `Content-Type: application/json` confirms the address at once.',
      answers: {
        200: { description: 'The page.', page: true },
        204: { description: 'The address is confirmed. Only for a request that asks for JSON.' },
      },
      problems: FAILURES,
      pages: true,
    }),
  );

export const ConfirmEmailDocs = (): MethodDecorator =>
  Documented({
    id: 'confirmEmail',
    group,
    summary: 'Confirm an address with the emailed token',
    body: ConfirmEmailDto,
    answers: { 204: { description: 'The address is confirmed.' } },
    problems: FAILURES,
  });

export const ConfirmEmailPageDocs = (): MethodDecorator =>
  Documented({
    id: 'confirmEmailOnPage',
    group,
    summary: 'Confirm an address with the form of the page',
    details: 'Pressed twice, the second answer says that the address is confirmed, too.',
    form: ConfirmEmailDto,
    answers: { 200: { description: 'A page that says that the address is confirmed.', page: true } },
    problems: FAILURES,
    pages: true,
  });

export const DenyEmailDocs = (): MethodDecorator =>
  Documented({
    id: 'denyEmail',
    group,
    summary: 'Say with the form of the page that it was not you',
    details:
      'An account whose address was never confirmed is deleted. If an existing account wanted the address, it keeps its own.',
    form: ConfirmEmailDto,
    answers: { 200: { description: 'A page that says what was done.', page: true } },
    problems: { ...FAILURES, 409: ['in_use'] },
    pages: true,
  });
