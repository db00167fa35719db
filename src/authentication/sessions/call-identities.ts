import type { ExecutionContext } from '@nestjs/common';
import { AuthenticationRequired } from '../core/problems/problems.js';
import type { User } from '../core/users/user.entity.js';
import { callOf, isRoute, requestOf, sharedExecutionOf } from '../http/request/context-request.js';
import type { HttpRequest } from '../http/request/http.js';
import type { Caller } from './caller.js';
import type { Credential } from './credentials.js';

/** Who sent a request: a session, or a credential of another kind. */
export interface Identity {
  currentSession?: Caller;
  currentCredential?: Credential;
}

export function userIn({ currentSession, currentCredential }: Identity): User | undefined {
  return currentSession?.user ?? currentCredential?.user;
}

/** Values by two objects. They are kept as long as both objects. */
class Pairs<Value> {
  private readonly values = new WeakMap<object, WeakMap<object, Value>>();

  get(first: object, second: object): Value | undefined {
    return this.values.get(first)?.get(second);
  }

  set(first: object, second: object, value: Value): void {
    const known = this.values.get(first) ?? new WeakMap<object, Value>();
    this.values.set(first, known.set(second, value));
  }
}

const calls = new Pairs<Identity>();
/** The user of a connection: the first who was found. */
const users = new WeakMap<object, number>();
const executions = new Pairs<Promise<Identity>>();

/**
 * What the guard found out for a route, a resolver or a message. A route keeps it in its request. A WebSocket has many
 * messages: there it is kept for the handler, so that a handler without the guard knows no caller.
 */
export function identityOf(context: ExecutionContext): Identity {
  if (isRoute(context)) return requestOf(context) as HttpRequest & Identity;
  return calls.get(callOf(context), context.getHandler()) ?? {};
}

export function keepIdentity(context: ExecutionContext, identity: Identity): void {
  if (isRoute(context)) Object.assign(requestOf(context), identity);
  else calls.set(callOf(context), context.getHandler(), identity);
}

/**
 * For resolvers and messages. A connection stays with its first user, also if `rememberUpgrade` gets a token of another:
 * Nest has nothing that stands for one message, so that one that is still at work would run as the other user.
 * @throws AuthenticationRequired
 */
export function assertSameUser(context: ExecutionContext, identity: Identity): void {
  const user = userIn(identity);
  if (user === undefined) return;
  const call = callOf(context);
  const first = users.get(call) ?? user.id;
  users.set(call, first);
  if (first !== user.id) throw new AuthenticationRequired();
}

/** Looks up once for all resolvers of a GraphQL query or mutation, and each time for everything else. */
export function sharedIdentity(context: ExecutionContext, look: () => Promise<Identity>): Promise<Identity> {
  const execution = sharedExecutionOf(context);
  if (execution === undefined) return look();
  const known = executions.get(...execution);
  if (known !== undefined) return known;
  const identity = look();
  executions.set(...execution, identity);
  return identity;
}
