import { applyDecorators, UseGuards } from '@nestjs/common';
import { AuthenticationGuard, OptionalAuthenticationGuard, SessionOnly } from './authentication.guard.js';

/** A route of ours that wants a session. */
export function Authenticated(): MethodDecorator & ClassDecorator {
  return applyDecorators(SessionOnly(), UseGuards(AuthenticationGuard));
}

/** A route of ours that serves people who are signed in and people who are not. A token that is sent must be good. */
export function OptionallyAuthenticated(): MethodDecorator {
  return applyDecorators(SessionOnly(), UseGuards(OptionalAuthenticationGuard));
}
