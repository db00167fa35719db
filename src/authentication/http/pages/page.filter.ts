import { Catch, Injectable, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Problem } from '../../core/problems/problem.js';
import { InvalidToken } from '../../core/problems/problems.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { ProblemFilter } from '../problems/problem.filter.js';
import type { HttpRequest, HttpResponse } from '../request/http.js';
import { wantsJson } from '../request/preference.js';
import { deadLinkPage, messagePage, sendPage, type Page } from './page.js';

/** On routes that people open: failures as pages, unless the request asks for the API. */
@Catch()
@Injectable()
export class PageFilter implements ExceptionFilter {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly problems: ProblemFilter,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    if (wantsJson(http.getRequest<HttpRequest>())) {
      this.problems.catch(exception, host);
      return;
    }
    const problem = this.problems.problemOf(exception);
    const response = http.getResponse<HttpResponse>();
    for (const [name, value] of Object.entries(problem.headers)) response.header(name, value);
    const html = sendPage(response, this.settings.appName, pageOf(problem));
    this.adapterHost.httpAdapter.reply(
      response,
      html,
      problem instanceof InvalidToken ? 400 : problem.getStatus(),
    );
  }
}

function pageOf(problem: Problem): Page {
  if (problem instanceof InvalidToken) return deadLinkPage();
  const { title, detail } = problem.getResponse() as { title: string; detail: string };
  return messagePage(title, [detail], problem.getStatus());
}
