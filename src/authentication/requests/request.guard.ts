import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { UnsupportedMediaType } from '../problems/problems.js';
import { bearerToken } from '../sessions/bearer-token.js';
import { refuseFields, TAKES_BODY } from './body-fields.js';
import { FORM_POST } from './form-post.js';
import { mediaType, type HttpRequest } from './http.js';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/**
 * What holds for every request of ours, whatever the host's parsers take: a body is JSON (415), its fields are known
 * (422), and there are no two tokens (400). Routes with a form post read it themselves.
 */
@Injectable()
export class RequestGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    bearerToken(request);
    const { method, headers, body } = request;
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
