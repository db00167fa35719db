import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { UnsupportedMediaType } from '../../core/problems/problems.js';
import { refuseFields, TAKES_BODY } from '../body/body-fields.js';
import { FORM_POST } from '../body/form-post.js';
import { RequestRealms } from '../realm/request-realms.js';
import { bearerToken } from '../request/bearer-token.js';
import { mediaType, type HttpRequest } from '../request/http.js';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/**
 * What holds for every request of ours, whatever the host's parsers take: it names no realm that it may not use, a body
 * is JSON (415), its fields are known (422), and there are no two tokens (400). Routes with a form post read it
 * themselves.
 */
@Injectable()
export class RequestGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly realms: RequestRealms,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const resolved = this.realms.resolve(request);
    return resolved instanceof Promise
      ? resolved.then(() => this.accepts(request, context))
      : this.accepts(request, context);
  }

  private accepts(request: HttpRequest, context: ExecutionContext): boolean {
    const { method, headers, body } = request;
    if (mayConflict(headers)) bearerToken(request);
    const hasBody = Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
    if (!hasBody) return true;
    const isForm = this.has(FORM_POST, context);
    if (mediaType(headers['content-type']) !== (isForm ? FORM_TYPE : JSON_TYPE))
      throw new UnsupportedMediaType();
    const reads = method === 'GET' || method === 'HEAD';
    if (!reads && !isForm && !this.has(TAKES_BODY, context)) refuseFields(body);
    return true;
  }

  private has(mark: symbol, context: ExecutionContext): boolean {
    return this.reflector.get<boolean | undefined>(mark, context.getHandler()) === true;
  }
}

/** Two tokens want two headers, or one that was sent twice: any other request is read once, by the guard that wants it. */
function mayConflict(headers: HttpRequest['headers']): boolean {
  const token = headers['x-session-token'];
  return token !== undefined && (headers.authorization !== undefined || String(token).includes(','));
}
