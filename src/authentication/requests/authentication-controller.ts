import {
  applyDecorators,
  Controller,
  Injectable,
  UseFilters,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { Observable } from 'rxjs';
import { ProblemFilter } from '../problems/problem.filter.js';
import {
  AuthenticationGuard,
  OptionalAuthenticationGuard,
  SessionOnly,
} from '../sessions/authentication.guard.js';
import { BodyGuard } from './body-guard.js';
import type { HttpResponse } from './http.js';

@Injectable()
class NoStoreInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    context.switchToHttp().getResponse<HttpResponse>().header('Cache-Control', 'no-store');
    return next.handle();
  }
}

/** A controller of ours: its failures are problems, its answers are not kept, its bodies are JSON. */
export function AuthenticationController(path = ''): ClassDecorator {
  return applyDecorators(
    Controller(path),
    UseFilters(ProblemFilter),
    UseGuards(BodyGuard),
    UseInterceptors(NoStoreInterceptor),
  );
}

/** A route of ours that wants a session. */
export function Authenticated(): MethodDecorator & ClassDecorator {
  return applyDecorators(SessionOnly(), UseGuards(AuthenticationGuard));
}

/** A route of ours that serves people who are signed in and people who are not. A token that is sent must be good. */
export function OptionallyAuthenticated(): MethodDecorator {
  return applyDecorators(SessionOnly(), UseGuards(OptionalAuthenticationGuard));
}
