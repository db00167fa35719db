import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '../../core/openapi/annotations.js';
import { UserView } from '../../core/users/user.view.js';
import { Documented } from '../../http/openapi/documented.js';
import { CompletePasswordResetDto, SendPasswordResetDto } from './dto/password-reset.dto.js';

const group = 'Passwords';
const FAILURES = { 400: ['invalid_token'], 429: ['too_many_requests'] };

export const SendPasswordResetDocs = (): MethodDecorator =>
  Documented({
    id: 'sendPasswordReset',
    group,
    summary: 'Send the email that resets a password',
    details: 'The answer and its time are the same whether an account with this address exists or not.',
    body: SendPasswordResetDto,
    answers: { 204: { description: 'The email is sent if an account with this address exists.' } },
    problems: { 429: ['too_many_requests'] },
  });

export const ShowPasswordResetDocs = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({ name: 'token', type: String, required: true }),
    Documented({
      id: 'showPasswordReset',
      group,
      summary: 'Show the page that the emailed link opens',
      details: 'Opening the page does not use up the link.',
      answers: {
        200: { description: 'The page with the form for a new password.', page: true },
        204: { description: 'The token is valid. Only for a request that asks for JSON.' },
      },
      problems: FAILURES,
      pages: true,
    }),
  );

export const ResetPasswordDocs = (): MethodDecorator =>
  Documented({
    id: 'resetPassword',
    group,
    summary: 'Set a new password with the emailed token',
    details:
      'All sessions of the user end, and the user is told by email. After a refused password the token stays valid.',
    body: CompletePasswordResetDto,
    answers: { 200: { description: 'The user.', type: UserView } },
    problems: { ...FAILURES, 503: ['overloaded'] },
  });

export const ResetPasswordPageDocs = (): MethodDecorator =>
  Documented({
    id: 'resetPasswordOnPage',
    group,
    summary: 'Set a new password with the form of the page',
    form: CompletePasswordResetDto,
    answers: {
      200: { description: 'A page that says that the new password is set.', page: true },
      422: { description: 'The page with the form and what is wrong with the password.', page: true },
    },
    problems: { ...FAILURES, 503: ['overloaded'] },
    pages: true,
  });
