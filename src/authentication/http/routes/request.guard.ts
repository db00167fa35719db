import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { UnsupportedMediaType } from '../../core/problems/problems.js';
import { refuseFields, TAKES_BODY } from '../body/body-fields.js';
import { FORM_POST } from '../body/form-post.js';
import { RequestRealms } from '../realm/request-realms.js';
import { bearerToken } from '../request/bearer-token.js';
import { requestOf } from '../request/context-request.js';
import { isEmptyBody } from '../request/empty-body.js';
import { faultOfLines, isRepeated } from '../request/header-lines.js';
import { mediaType, type HttpRequest } from '../request/http.js';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/**
 * Checks every request to our routes, whatever body parsers the host has: the realm is allowed, a body is JSON (415),
 * there are no fields where the route takes no body (422), and there are not two different tokens, two hosts or a
 * thousand header lines (400). A route with `@FormPost()` takes a form instead of JSON.
 */
@Injectable()
export class RequestGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly realms: RequestRealms,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = requestOf(context);
    const fault = faultOfLines(request);
    if (fault !== undefined) throw fault;
    const resolved = this.realms.resolve(request);
    return resolved instanceof Promise
      ? resolved.then(() => this.accepts(request, context))
      : this.accepts(request, context);
  }

  private accepts(request: HttpRequest, context: ExecutionContext): boolean | Promise<boolean> {
    const { method, headers, body } = request;
    if (mayConflict(request)) bearerToken(request);
    const isChunked = headers['transfer-encoding'] !== undefined;
    if (!isChunked && !(Number(headers['content-length'] ?? 0) > 0)) return true;
    const isForm = this.has(FORM_POST, context);
    if (mediaType(headers['content-type']) !== (isForm ? FORM_TYPE : JSON_TYPE)) {
      return isChunked ? this.acceptsOnlyEmpty(request) : refuseType();
    }
    const reads = method === 'GET' || method === 'HEAD';
    if (!reads && !isForm && !this.has(TAKES_BODY, context)) refuseFields(body);
    return true;
  }

  private async acceptsOnlyEmpty(request: HttpRequest): Promise<boolean> {
    return (await isEmptyBody(request)) || refuseType();
  }

  private has(mark: symbol, context: ExecutionContext): boolean {
    return this.reflector.get<boolean | undefined>(mark, context.getHandler()) === true;
  }
}

function refuseType(): never {
  throw new UnsupportedMediaType();
}

/**
 * Two tokens are possible only in two headers, in two lines of one, or in a list. For all other requests the token is
 * not read here, to save time: the guard of the route reads it.
 */
function mayConflict(request: HttpRequest): boolean {
  const { authorization, 'x-session-token': token } = request.headers;
  if (token !== undefined && (authorization !== undefined || String(token).includes(','))) return true;
  return authorization !== undefined && (authorization.includes(',') || isRepeated(request, 'authorization'));
}
