import { Catch, Injectable, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { Texts } from '../../core/texts/texts.js';
import { httpEn } from '../http.en.js';
import { ProblemFilter } from '../problems/problem.filter.js';
import { requestOf, responseOf } from '../request/context-request.js';
import { releaseAnswer } from '../request/held-answer.js';
import { PageAnswer } from './page-answer.js';
import { problemPage } from './problem.page.js';

/** For routes that people open: answers a failure with a page, unless the request asks for JSON. */
@Catch()
@Injectable()
export class PageFilter implements ExceptionFilter {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly problems: ProblemFilter,
    private readonly texts: Texts,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const response = responseOf(host);
    const request = requestOf(host);
    const answer = new PageAnswer({ request, response }, this.texts);
    if (answer.wantsJson) {
      this.problems.catch(exception, host);
      return;
    }
    releaseAnswer(response);
    const problem = this.problems.problemOf(exception, request);
    for (const [name, value] of Object.entries(problem.headers)) response.header(name, value);
    const page = problemPage(problem, answer.text(httpEn));
    const html = answer.page(this.settings.appName, page);
    this.adapterHost.httpAdapter.reply(response, html, page.status);
  }
}
