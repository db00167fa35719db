import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '../../core/openapi/annotations.js';
import { Documented } from '../../http/openapi/documented.js';
import { SessionView } from '../../sessions/session.view.js';
import { SendPasswordlessDto, SignInPasswordlessDto } from './dto/passwordless.dto.js';

const group = 'Sessions';
const FAILURES = { 400: ['invalid_token'], 429: ['too_many_requests'] };

export const SendPasswordlessDocs = (): MethodDecorator =>
  Documented({
    id: 'sendPasswordless',
    group,
    summary: 'Send the email with a link and a code to sign in',
    details: 'The answer and its time are the same whether an account with this address exists or not.',
    body: SendPasswordlessDto,
    answers: { 204: { description: 'The email is sent if an account with this address exists.' } },
    problems: { 429: ['too_many_requests'] },
  });

export const ShowPasswordlessDocs = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({ name: 'token', type: String, required: true }),
    Documented({
      id: 'showPasswordless',
      group,
      summary: 'Show the page that the emailed link opens',
      details:
        'The page asks to go back and type the code. Opening it does not use up the link, also when the request asks for JSON.',
      answers: { 200: { description: 'The page.', page: true } },
      problems: FAILURES,
      pages: true,
    }),
  );

export const SignInPasswordlessDocs = (): MethodDecorator =>
  Documented({
    id: 'signInPasswordless',
    group,
    summary: 'Sign in with the emailed link or code',
    details:
      'Give either the `token` of the link, or `email` and `code`. Link and code are valid for 10 minutes and work once: after one is used, the other no longer works. After five wrong codes the code no longer works, but the link does. 401 means that the password was changed or the account was deleted during the request.',
    body: SignInPasswordlessDto,
    answers: { 201: { description: 'The session.', type: SessionView, token: true } },
    problems: { ...FAILURES, 401: ['invalid_credentials'], 403: ['account_suspended'] },
  });
