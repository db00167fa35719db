import {
  createParamDecorator,
  Inject,
  Injectable,
  SetMetadata,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthenticationLog } from '../core/log/authentication-log.js';
import { METRICS, type AuthenticationMetrics } from '../core/metrics/authentication-metrics.js';
import { AuthenticationRequired, SessionRequired } from '../core/problems/problems.js';
import type { User } from '../core/users/user.entity.js';
import { RequestClients } from '../http/client/request-clients.js';
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

/**
 * Answers 403 to any credential that is not a session, such as a device token. Part of `@Authenticated()`; a route
 * lifts it with `@SessionOnly(false)`.
 */
export const SessionOnly = (only = true): MethodDecorator & ClassDecorator => SetMetadata(SESSION_ONLY, only);

/**
 * Requires a valid token of the request's realm. On your own routes: `@UseGuards(AuthenticationGuard)`, then
 * `@CurrentUser()` or, with `@SessionOnly()`, `@CurrentSession()`.
 */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly sessions: SessionLookup,
    private readonly kinds: CredentialKinds,
    private readonly realms: RequestRealms,
    private readonly reflector: Reflector,
    private readonly clients: RequestClients,
    private readonly log: AuthenticationLog,
    @Inject(METRICS) private readonly metrics: AuthenticationMetrics,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const started = performance.now();
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const resolved = this.realms.resolve(request);
    const { realm } = resolved instanceof Promise ? await resolved : resolved;
    const token = bearerToken(request);
    if (token === null) throw new AuthenticationRequired();
    const kind = this.kinds.of(token);
    if (kind === undefined) {
      const session = await this.sessions.find(token, realm.id);
      if (session === null) throw await this.refused(request, started);
      request.currentSession = session;
      return this.accepted(started);
    }
    const credential = await kind.authenticate(token, realm);
    if (credential === null) throw await this.refused(request, started);
    if (this.requiresSession(context)) throw new SessionRequired();
    request.currentCredential = credential;
    return this.accepted(started);
  }

  private accepted(started: number): true {
    this.metrics.guarded?.((performance.now() - started) / 1000, true);
    return true;
  }

  /** An unknown, ended or expired token, one of another realm, or one of a suspended user. The log never holds it. */
  private async refused(request: HttpRequest, started: number): Promise<AuthenticationRequired> {
    this.metrics.guarded?.((performance.now() - started) / 1000, false);
    const refusal = new AuthenticationRequired();
    this.log.outcome('token_refused', null, await this.clients.of(request), refusal.code);
    return refusal;
  }

  private requiresSession(context: ExecutionContext): boolean {
    return (
      this.reflector.getAllAndOverride<boolean | undefined>(SESSION_ONLY, [
        context.getHandler(),
        context.getClass(),
      ]) === true
    );
  }
}

/** The same, but it also accepts requests without a token. */
@Injectable()
export class OptionalAuthenticationGuard implements CanActivate {
  constructor(private readonly guard: AuthenticationGuard) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    return bearerToken(request) === null || this.guard.canActivate(context);
  }
}

/** For guards that run after `AuthenticationGuard`: the caller, if the token was a session's. */
export function currentSessionOf(context: ExecutionContext): Caller | undefined {
  return context.switchToHttp().getRequest<AuthenticatedRequest>().currentSession;
}

/** For guards that run after `AuthenticationGuard`: the credential, if the token was not a session's. */
export function currentCredentialOf(context: ExecutionContext): Credential | undefined {
  return context.switchToHttp().getRequest<AuthenticatedRequest>().currentCredential;
}

/** The caller, or null for a request without a session. */
export const MaybeCurrentSession = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller | null => currentSessionOf(context) ?? null,
);

/** The caller on guarded routes: the session, its user, and whether the token may be renewed. */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const currentSession = currentSessionOf(context);
  if (currentSession === undefined) throw new AuthenticationRequired();
  return currentSession;
});

/** The user on guarded routes, for every kind of credential. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): User => {
  const { currentSession, currentCredential } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  const user = currentSession?.user ?? currentCredential?.user;
  if (user === undefined) throw new AuthenticationRequired();
  return user;
});
