import { createParamDecorator, Injectable, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import type { Catalog, Text } from '../../core/texts/sentence.js';
import { Texts } from '../../core/texts/texts.js';
import { requestOf, responseOf } from '../request/context-request.js';
import type { HttpRequest, HttpResponse } from '../request/http.js';
import { wantsJson } from '../request/preference.js';
import { sendPage, type Page } from './page.js';

interface Exchange {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
}

/** The answer of a route that people open: a page in the language of the request, or JSON for a program. */
export class PageAnswer {
  readonly locale: string;

  constructor(
    private readonly exchange: Exchange,
    readonly texts: Texts,
  ) {
    this.locale = texts.localeFor(exchange.request.headers['accept-language']);
  }

  get wantsJson(): boolean {
    return wantsJson(this.exchange.request);
  }

  /** The sentences of a file in the language of the request. */
  text<C extends Catalog>(file: C): Text<C> {
    return this.texts.of(file, this.locale);
  }

  page(appName: string, page: Page): string {
    return sendPage(this.exchange.response, { appName, locale: this.locale }, page);
  }

  noContent(): string | undefined {
    this.exchange.response.status(204);
    return undefined;
  }
}

const CurrentExchange = createParamDecorator((_: unknown, context: ExecutionContext): Exchange => ({
  request: requestOf(context),
  response: responseOf(context),
}));

@Injectable()
class AnswerPipe implements PipeTransform<Exchange, PageAnswer> {
  constructor(private readonly texts: Texts) {}

  transform(exchange: Exchange): PageAnswer {
    return new PageAnswer(exchange, this.texts);
  }
}

/** The `PageAnswer` of the request, as a parameter. */
export const Answer = (): ParameterDecorator => CurrentExchange(AnswerPipe);
