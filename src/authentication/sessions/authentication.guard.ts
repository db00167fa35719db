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
import { ProblemFilter } from '../http/problems/problem.filter.js';
import { RequestRealms } from '../http/realm/request-realms.js';
import { bearerToken } from '../http/request/bearer-token.js';
import { isRoute, requestOf } from '../http/request/context-request.js';
import type { HttpRequest } from '../http/request/http.js';
import { socketRequest } from '../http/request/socket-request.js';
import {
  assertSameUser,
  identityOf,
  keepIdentity,
  sharedIdentity,
  userIn,
  type Identity,
} from './call-identities.js';
import type { Caller } from './caller.js';
import { CredentialKinds, type Credential } from './credentials.js';
import { SessionLookup } from './session-lookup.js';

const SESSION_ONLY = Symbol('session only');

/**
 * Answers 403 to any credential that is not a session, such as a device token. Part of `@Authenticated()`; a route
 * lifts it with `@SessionOnly(false)`.
 */
export const SessionOnly = (only = true): MethodDecorator & ClassDecorator => SetMetadata(SESSION_ONLY, only);

/**
 * Requires a valid token of the request's realm. On your own routes, GraphQL resolvers and WebSocket messages:
 * `@UseGuards(AuthenticationGuard)`, then `@CurrentUser()` or, with `@SessionOnly()`, `@CurrentSession()`. Every other
 * kind of context is refused.
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
    private readonly problems: ProblemFilter,
    @Inject(METRICS) private readonly metrics: AuthenticationMetrics,
  ) {}

  canActivate(context: ExecutionContext): Promise<boolean> {
    if (!isRoute(context)) return this.guardsCall(context);
    const request = requestOf(context) as HttpRequest & Identity;
    return this.identify(request, request, context);
  }

  /**
   * For `handleConnection` of a gateway, where Nest runs no guards: the user of a connection, or null if its token is
   * missing or not valid any more. It does not throw: an error there would end the process.
   */
  async userOfSocket(client: object): Promise<User | null> {
    const identity: Identity = {};
    try {
      await this.identify(socketRequest(client), identity);
      return userIn(identity) ?? null;
    } catch (error) {
      this.problems.problemOf(error);
      return null;
    }
  }

  /** A resolver of GraphQL, or a message of a WebSocket. The session is looked up again for each message. */
  private async guardsCall(context: ExecutionContext): Promise<boolean> {
    const request = requestOf(context);
    try {
      keepIdentity(context, await this.identityOfCall(request, context));
      return true;
    } catch (error) {
      // A guard of the application may let it pass: it must not find the caller of an earlier message.
      keepIdentity(context, {});
      throw error;
    }
  }

  private async identityOfCall(request: HttpRequest, context: ExecutionContext): Promise<Identity> {
    const identity = await sharedIdentity(context, async () => {
      const found: Identity = {};
      await this.identify(request, found);
      return found;
    });
    if (identity.currentCredential !== undefined && this.requiresSession(context))
      throw new SessionRequired();
    assertSameUser(context, identity);
    return identity;
  }

  /** Sets the session or the credential in `identity`. @throws AuthenticationRequired, SessionRequired */
  private async identify(
    request: HttpRequest,
    identity: Identity,
    context?: ExecutionContext,
  ): Promise<boolean> {
    const started = performance.now();
    const resolved = this.realms.resolve(request);
    const { realm } = resolved instanceof Promise ? await resolved : resolved;
    const token = bearerToken(request);
    if (token === null) throw new AuthenticationRequired();
    const kind = this.kinds.of(token);
    if (kind === undefined) {
      const found = this.sessions.find(token, realm.id, context === undefined || isRead(request));
      const session = found instanceof Promise ? await found : found;
      if (session === null) throw await this.refused(request, started);
      identity.currentSession = session;
      return this.accepted(started);
    }
    const credential = await kind.authenticate(token, realm);
    if (credential === null) throw await this.refused(request, started);
    if (context !== undefined && this.requiresSession(context)) throw new SessionRequired();
    identity.currentCredential = credential;
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

/** Calls of resolvers and messages say nothing of the kind. */
function isRead({ method }: HttpRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** The same, but it also accepts requests without a token. */
@Injectable()
export class OptionalAuthenticationGuard implements CanActivate {
  constructor(private readonly guard: AuthenticationGuard) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (bearerToken(requestOf(context)) !== null) return this.guard.canActivate(context);
    // An earlier message through the same connection may have had a token.
    if (!isRoute(context)) keepIdentity(context, {});
    return true;
  }
}

/** For guards that run after `AuthenticationGuard`: the caller, if the token was a session's. */
export function currentSessionOf(context: ExecutionContext): Caller | undefined {
  return identityOf(context).currentSession;
}

/** For guards that run after `AuthenticationGuard`: the credential, if the token was not a session's. */
export function currentCredentialOf(context: ExecutionContext): Credential | undefined {
  return identityOf(context).currentCredential;
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
  const user = userIn(identityOf(context));
  if (user === undefined) throw new AuthenticationRequired();
  return user;
});
