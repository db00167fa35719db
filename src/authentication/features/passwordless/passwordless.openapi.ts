import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { Documented } from '../../http/openapi/documented.js';
import { SessionView } from '../../sessions/session.view.js';
import { SendPasswordlessDto, SignInPasswordlessDto } from './dto/passwordless.dto.js';

const group = 'Sessions';
const FAILURES = { 400: ['invalid_token'], 429: ['too_many_requests'] };

export const SendPasswordlessDocs = (): MethodDecorator =>
  Documented({
    id: 'sendPasswordless',
    group,
    summary: 'Mail a link and a code that sign in',
    details: 'The answer is the same, in time too, whether the address is known or not.',
    body: SendPasswordlessDto,
    answers: { 204: { description: 'mailed, if the address is known' } },
    problems: { 429: ['too_many_requests'] },
  });

export const ShowPasswordlessDocs = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({ name: 'token', type: String, required: true }),
    Documented({
      id: 'showPasswordless',
      group,
      summary: 'The page behind the mailed link',
      details: 'It tells to go back and type the code. Nothing is consumed, whatever the request asks for.',
      answers: { 200: { description: 'the page', page: true } },
      problems: FAILURES,
      pages: true,
    }),
  );

export const SignInPasswordlessDocs = (): MethodDecorator =>
  Documented({
    id: 'signInPasswordless',
    group,
    summary: 'Sign in with what was mailed',
    details:
      'Either `token`, from the link, or `email` with `code`. They work once, for 10 minutes: using one ends the other. After five failures a code is dead, while its link is not. 401 means that the password was changed, or the account deleted, in that very moment.',
    body: SignInPasswordlessDto,
    answers: { 201: { description: 'the session', type: SessionView, token: true } },
    problems: { ...FAILURES, 401: ['invalid_credentials'], 403: ['account_suspended'] },
  });
