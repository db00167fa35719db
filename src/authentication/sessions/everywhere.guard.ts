import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { PUBLIC } from '../http/routes/public.js';
import { AuthenticationGuard } from './authentication.guard.js';

/**
 * Guards every route, resolver and message of the application when `protectAll` is set. Our own controllers have their
 * own guards.
 */
@Injectable()
export class EverywhereGuard implements CanActivate {
  constructor(
    private readonly guard: AuthenticationGuard,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const isPublic = this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, [
      context.getHandler(),
      context.getClass(),
    ]);
    return isPublic === true || this.guard.canActivate(context);
  }
}
