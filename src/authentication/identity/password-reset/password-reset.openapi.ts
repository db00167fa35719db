import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { UserView } from '../../core/users/user.view.js';
import { Documented } from '../../http/openapi/documented.js';
import { CompletePasswordResetDto, SendPasswordResetDto } from './dto/password-reset.dto.js';

const group = 'Passwords';
const FAILURES = { 400: ['invalid_token'], 429: ['too_many_requests'] };

export const SendPasswordResetDocs = (): MethodDecorator =>
  Documented({
    id: 'sendPasswordReset',
    group,
    summary: 'Mail the link that sets a new password',
    details: 'The answer is the same, in time too, whether the address is known or not.',
    body: SendPasswordResetDto,
    answers: { 204: { description: 'mailed, if the address is known' } },
    problems: { 429: ['too_many_requests'] },
  });

export const ShowPasswordResetDocs = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({ name: 'token', type: String, required: true }),
    Documented({
      id: 'showPasswordReset',
      group,
      summary: 'The page behind the mailed link',
      details: 'Nothing is consumed.',
      answers: {
        200: { description: 'the page with the form', page: true },
        204: { description: 'the token is live, for a request that asks for JSON' },
      },
      problems: FAILURES,
      pages: true,
    }),
  );

export const ResetPasswordDocs = (): MethodDecorator =>
  Documented({
    id: 'resetPassword',
    group,
    summary: 'Set a new password with the mailed token',
    details: 'Every session ends and the owner is mailed. A refused password consumes nothing.',
    body: CompletePasswordResetDto,
    answers: { 200: { description: 'the user', type: UserView } },
    problems: { ...FAILURES, 503: ['overloaded'] },
  });

export const ResetPasswordPageDocs = (): MethodDecorator =>
  Documented({
    id: 'resetPasswordOnPage',
    group,
    summary: 'The form of that page',
    form: CompletePasswordResetDto,
    answers: {
      200: { description: 'a page that says so', page: true },
      422: { description: 'the page with the form, and what is wrong', page: true },
    },
    problems: { ...FAILURES, 503: ['overloaded'] },
    pages: true,
  });
