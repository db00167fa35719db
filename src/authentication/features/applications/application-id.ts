import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { NotFound } from '../../core/problems/problems.js';

/** A path's uuid. A malformed one cannot exist, so it is answered as what does not (OWASP ASVS 8.2.2). */
export const ApplicationId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { params } = context.switchToHttp().getRequest<{ params: Record<string, string> }>();
  const id = params['id'] ?? '';
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)) throw new NotFound();
  return id;
});
