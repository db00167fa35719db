import {
  createParamDecorator,
  Injectable,
  SetMetadata,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthenticationRequired, SessionRequired } from '../core/problems/problems.js';
import type { User } from '../core/users/user.entity.js';
import { RequestRealms } from '../http/realm/request-realms.js';
import { bearerToken } from '../http/request/bearer-token.js';
import type { HttpRequest } from '../http/request/http.js';
import type { Caller } from './caller.js';
import { CredentialKinds, type Credential } from './credentials.js';
import { SessionLookup } from './session-lookup.js';

const SESSION_ONLY = Symbol('session only');

interface AuthenticatedRequest extends HttpRequest {
  currentSession?: Caller;
  currentCredential?: Credential;
}

/** Other kinds of credentials than a session are answered 403 here. All our own routes are so, unless they say else. */
export const SessionOnly = (only = true): MethodDecorator & ClassDecorator => SetMetadata(SESSION_ONLY, only);

/**
 * Lets in who bears a live token of the request's realm. On your own routes: `@UseGuards(AuthenticationGuard)`, then
 * `@CurrentUser()` or, with `@SessionOnly()`, `@CurrentSession()`.
 */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly sessions: SessionLookup,
    private readonly kinds: CredentialKinds,
    private readonly realms: RequestRealms,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const resolved = this.realms.resolve(request);
    const { realm } = resolved instanceof Promise ? await resolved : resolved;
    const token = bearerToken(request);
    if (token === null) throw new AuthenticationRequired();
    const kind = this.kinds.of(token);
    if (kind === undefined) {
      const session = await this.sessions.find(token, realm.id);
      if (session === null) throw new AuthenticationRequired();
      request.currentSession = session;
      return true;
    }
    const credential = await kind.authenticate(token, realm);
    if (credential === null) throw new AuthenticationRequired();
    if (this.wantsSession(context)) throw new SessionRequired();
    request.currentCredential = credential;
    return true;
  }

  private wantsSession(context: ExecutionContext): boolean {
    return (
      this.reflector.getAllAndOverride<boolean | undefined>(SESSION_ONLY, [
        context.getHandler(),
        context.getClass(),
      ]) === true
    );
  }
}

/** Lets in who bears no token at all, too. */
@Injectable()
export class OptionalAuthenticationGuard implements CanActivate {
  constructor(private readonly guard: AuthenticationGuard) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    return bearerToken(request) === null || this.guard.canActivate(context);
  }
}

/** For further guards: the session that `AuthenticationGuard` let in, if it was one. */
export function currentSessionOf(context: ExecutionContext): Caller | undefined {
  return context.switchToHttp().getRequest<AuthenticatedRequest>().currentSession;
}

/** For further guards: the credential of another kind that `AuthenticationGuard` let in, if it was one. */
export function currentCredentialOf(context: ExecutionContext): Credential | undefined {
  return context.switchToHttp().getRequest<AuthenticatedRequest>().currentCredential;
}

/** The caller, where it may be absent. */
export const MaybeCurrentSession = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller | null => currentSessionOf(context) ?? null,
);

/** The caller, on guarded routes: its session, user, and whether its token may be renewed. */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const currentSession = currentSessionOf(context);
  if (currentSession === undefined) throw new AuthenticationRequired();
  return currentSession;
});

/** The caller's user, on guarded routes, whatever kind of credential it bears. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): User => {
  const { currentSession, currentCredential } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  const user = currentSession?.user ?? currentCredential?.user;
  if (user === undefined) throw new AuthenticationRequired();
  return user;
});
