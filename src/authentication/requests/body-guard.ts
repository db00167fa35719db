import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { UnsupportedMediaType } from '../problems/problems.js';
import { FORM_POST } from './form-post.js';
import { mediaType, type HttpRequest } from './http.js';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Answers 415 for a body that is not JSON, whatever the host's parsers take. */
@Injectable()
export class BodyGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<HttpRequest>();
    const hasBody = Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
    if (!hasBody) return true;
    const isForm = this.reflector.get<boolean | undefined>(FORM_POST, context.getHandler()) === true;
    if (mediaType(headers['content-type']) !== (isForm ? FORM_TYPE : JSON_TYPE))
      throw new UnsupportedMediaType();
    return true;
  }
}
