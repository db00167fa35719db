import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { NotFound } from '../../core/problems/problems.js';
import { requestOf } from '../../http/request/context-request.js';

/** The uuid in the path. A malformed one is answered as a missing application (OWASP ASVS 8.2.2). @throws NotFound */
export const ApplicationId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const params = requestOf(context).params as Record<string, string>;
  const id = params['id'] ?? '';
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)) throw new NotFound();
  return id;
});
