import { applyDecorators, UseGuards } from '@nestjs/common';
import { AuthenticationGuard, OptionalAuthenticationGuard, SessionOnly } from './authentication.guard.js';

/** For our own routes that require a session. */
export function Authenticated(): MethodDecorator & ClassDecorator {
  return applyDecorators(SessionOnly(), UseGuards(AuthenticationGuard));
}

/** For our own routes that work with and without a session. A token that is sent must be valid. */
export function OptionallyAuthenticated(): MethodDecorator {
  return applyDecorators(SessionOnly(), UseGuards(OptionalAuthenticationGuard));
}
