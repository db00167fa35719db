import {
  applyDecorators,
  Injectable,
  SetMetadata,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { catchError, from, type Observable } from 'rxjs';
import { InvalidToken } from '../../core/problems/problems.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { Texts } from '../../core/texts/texts.js';
import { UsedLinks } from '../../core/tokens/used-links.js';
import { pastedToken } from '../../core/unicode/typed.js';
import { formOf } from '../body/form-post.js';
import { httpEn } from '../http.en.js';
import { requestOf, responseOf } from '../request/context-request.js';
import { PageAnswer } from './page-answer.js';
import { messagePage } from './page.js';

const BUTTON = 'authentication button';

/**
 * Answers a second press of a button with a page that says that the first one was enough, instead of a dead link. The
 * status stays 400: a program that counts successes sees one.
 */
@Injectable()
class SecondPress implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly links: UsedLinks,
    private readonly texts: Texts,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error: unknown) => from(this.answer(context, error))));
  }

  private async answer(context: ExecutionContext, error: unknown): Promise<string> {
    const request = requestOf(context);
    const button = this.reflector.get<string>(BUTTON, context.getHandler());
    const token = error instanceof InvalidToken ? formOf(request)['token'] : undefined;
    if (token === undefined || !(await this.links.has(button, pastedToken(token)))) throw error;
    const answer = new PageAnswer({ request, response: responseOf(context) }, this.texts);
    const text = answer.text(httpEn);
    const page = messagePage(text('second_press.title'), [text('second_press.text')], 400);
    return answer.page(this.settings.appName, page);
  }
}

export const PressedOnce = (button: string): MethodDecorator =>
  applyDecorators(SetMetadata(BUTTON, button), UseInterceptors(SecondPress));
