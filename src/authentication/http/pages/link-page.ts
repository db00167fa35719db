import {
  applyDecorators,
  createParamDecorator,
  Injectable,
  UseFilters,
  type ExecutionContext,
  type PipeTransform,
} from '@nestjs/common';
import { InvalidToken } from '../../core/problems/problems.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import type { Catalog, Text } from '../../core/texts/sentence.js';
import { Texts } from '../../core/texts/texts.js';
import { formOf, FormPost, type Form } from '../body/form-post.js';
import type { HttpRequest, HttpResponse } from '../request/http.js';
import { wantsJson } from '../request/preference.js';
import { isSameOrigin } from '../request/same-origin.js';
import { Throttled } from '../throttling/throttle.guard.js';
import { PageFilter } from './page.filter.js';
import { sendPage, type Page } from './page.js';

/** For the route of a mailed link. A person opens it, so failures are pages. Tries of tokens are limited. */
export const LinkPage = (): MethodDecorator => applyDecorators(UseFilters(PageFilter), Throttled('token'));

/** For the route that receives the form of such a page. */
export const LinkForm = (): MethodDecorator => applyDecorators(FormPost(), LinkPage());

/** The answer of such a route: a page, or 204 for a program that asks for JSON. */
export class LinkAnswer {
  readonly locale: string;

  constructor(
    private readonly request: HttpRequest,
    private readonly response: HttpResponse,
    readonly texts: Texts,
  ) {
    this.locale = texts.localeFor(request.headers['accept-language']);
  }

  get wantsJson(): boolean {
    return wantsJson(this.request);
  }

  /** The sentences of a file in the language of the request. */
  text<C extends Catalog>(file: C): Text<C> {
    return this.texts.of(file, this.locale);
  }

  page(realmName: string, page: Page): string {
    return sendPage(this.response, { appName: realmName, locale: this.locale }, page);
  }

  noContent(): string | undefined {
    this.response.status(204);
    return undefined;
  }
}

interface Exchange {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
}

const CurrentExchange = createParamDecorator((_: unknown, context: ExecutionContext): Exchange => {
  const http = context.switchToHttp();
  return { request: http.getRequest<HttpRequest>(), response: http.getResponse<HttpResponse>() };
});

@Injectable()
class AnswerPipe implements PipeTransform<Exchange, LinkAnswer> {
  constructor(private readonly texts: Texts) {}

  transform({ request, response }: Exchange): LinkAnswer {
    return new LinkAnswer(request, response, this.texts);
  }
}

/** The `LinkAnswer` of the request, as a parameter. */
export const Answer = (): ParameterDecorator => CurrentExchange(AnswerPipe);

@Injectable()
class FormPipe implements PipeTransform<HttpRequest, Form> {
  constructor(@Settings() private readonly settings: AuthenticationSettings) {}

  transform(request: HttpRequest): Form {
    if (!isSameOrigin(request, this.settings.appUrl)) throw new InvalidToken();
    return formOf(request);
  }
}

const PostedForm = createParamDecorator((_: unknown, context: ExecutionContext) =>
  context.switchToHttp().getRequest<HttpRequest>(),
);

/** The fields of the form. @throws InvalidToken for a post that comes from another site */
export const FormFields = (): ParameterDecorator => PostedForm(FormPipe);
