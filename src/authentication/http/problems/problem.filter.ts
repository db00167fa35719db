import { types } from 'node:util';
import {
  Catch,
  HttpException,
  Injectable,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { isDatabaseUnavailable, isStillReferenced } from '../../core/database/database-failure.js';
import { traceOf } from '../../core/clients/trace.js';
import { Problem } from '../../core/problems/problem.js';
import {
  AuthenticationRequired,
  InternalError,
  InUse,
  MalformedJson,
  NotFound,
  PayloadTooLarge,
  TooManyRequests,
  Unavailable,
  UnsupportedMediaType,
} from '../../core/problems/problems.js';
import { isRoute, requestOf, responseOf } from '../request/context-request.js';
import { releaseAnswer } from '../request/held-answer.js';
import type { HttpRequest } from '../request/http.js';
import { answerCall } from './call-failures.js';
import { isMalformedJson, problemOfHost, problemOfStatus } from './host-failures.js';

const BY_STATUS: Readonly<Record<number, () => Problem>> = {
  401: () => new AuthenticationRequired(),
  404: () => new NotFound(),
  405: () => new NotFound(),
  413: () => new PayloadTooLarge(),
  414: () => new NotFound(),
  415: () => new UnsupportedMediaType(),
  429: () => new TooManyRequests(60),
  503: () => new Unavailable(),
};

/**
 * Answers every failure as a problem (RFC 9457) that repeats neither input nor internals.
 * It is bound to our controllers. Register it globally to answer all routes and GraphQL resolvers of the host in the same
 * way; a gateway of WebSockets names it with `@UseFilters(ProblemFilter)`.
 */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    if (!isRoute(host)) {
      answerCall(exception, host, (failure) => this.problemOf(failure));
      return;
    }
    const { httpAdapter } = this.adapterHost;
    const response = responseOf(host);
    if (httpAdapter.isHeadersSent(response)) return;
    releaseAnswer(response);
    const problem = this.problemOf(exception, requestOf(host));
    const headers = {
      ...problem.headers,
      'Content-Type': 'application/problem+json; charset=utf-8',
      'Cache-Control': 'no-store',
    };
    for (const [name, value] of Object.entries(headers)) httpAdapter.setHeader(response, name, value);
    // A string: Nest 11 on Express turns an object's content type back into application/json.
    httpAdapter.reply(response, JSON.stringify(problem.getResponse()), problem.getStatus());
  }

  /** @param request whose trace a line of the log bears; there is none outside of HTTP */
  problemOf(exception: unknown, request?: Partial<HttpRequest>): Problem {
    if (exception instanceof Problem) return exception;
    const trace = traceOf(request?.headers?.['traceparent']);
    if (isDatabaseUnavailable(exception)) {
      this.logger.warn({ event: 'database_unavailable', reason: reasonOf(exception), ...trace });
      return new Unavailable();
    }
    // A table of the host refers to the row that was to be deleted.
    if (isStillReferenced(exception)) return new InUse();
    const status = statusOf(exception) ?? 500;
    const known = BY_STATUS[status];
    if (known !== undefined) return known();
    if (exception instanceof HttpException && status < 500) return problemOfHost(exception);
    if (status === 400)
      return isMalformedJson(exception as object) ? new MalformedJson() : problemOfStatus(400);
    this.logger.error({ event: 'internal_error', reason: reasonOf(exception), ...trace });
    return new InternalError();
  }
}

/** Body parsers do not always throw an `HttpException`: then the status is a property of the error. */
function statusOf(exception: unknown): number | undefined {
  if (exception instanceof HttpException) return exception.getStatus();
  const failure = exception as { statusCode?: unknown; status?: unknown } | null | undefined;
  const status = failure?.statusCode ?? failure?.status;
  return typeof status === 'number' ? status : undefined;
}

/** Name, code and stack, but never a statement's parameters. */
function reasonOf(exception: unknown): string {
  if (!types.isNativeError(exception)) return typeof exception;
  const frames = (exception.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));
  return [`${exception.name}: ${exception.message}`, ...frames.slice(0, 8)].join('\n');
}
