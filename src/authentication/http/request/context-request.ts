import type { ArgumentsHost } from '@nestjs/common';
import { executionOf, graphqlRequest, infoOf } from './graphql-request.js';
import type { HttpRequest, HttpResponse } from './http.js';
import { socketRequest } from './socket-request.js';

/**
 * The request behind a route, a GraphQL resolver or a WebSocket message: what guards, limits and parameters read. This
 * and `responseOf` are the only places that know where a kind of context keeps it. The packages of GraphQL and
 * WebSockets are not imported, so that an application without them starts.
 * @throws Error for every other kind of context, such as that of a microservice: a guard must not let in what it cannot
 * read
 */
export function requestOf(context: ArgumentsHost): HttpRequest {
  const type = context.getType<string>();
  if (type !== 'http') return otherRequestOf(type, context);
  // Nest gives the kind http to the handlers of a library that names none, too. What they get is no request.
  if (typeof responseOf(context) !== 'object') throw unknownKind('http, without a response');
  return context.switchToHttp().getRequest<HttpRequest>();
}

/** For routes alone. */
export function responseOf(context: ArgumentsHost): HttpResponse {
  return context.switchToHttp().getResponse<HttpResponse>();
}

/** Whether the context is that of a route, which has a request and a response of its own. */
export function isRoute(context: ArgumentsHost): boolean {
  return context.getType<string>() === 'http';
}

/** What stands for one call of a resolver, or for the connection that a message came through. */
export function callOf(context: ArgumentsHost): object {
  const args = context.getArgs<unknown[]>();
  return (context.getType<string>() === 'graphql' ? infoOf(args) : args[0]) as object;
}

/**
 * What all resolvers of one GraphQL query or mutation share; undefined for messages, and for subscriptions, which last
 * longer than a session may.
 */
export function sharedExecutionOf(context: ArgumentsHost): readonly [object, object] | undefined {
  return context.getType<string>() === 'graphql' ? executionOf(context.getArgs<unknown[]>()) : undefined;
}

function otherRequestOf(type: string, context: ArgumentsHost): HttpRequest {
  if (type === 'graphql') return graphqlRequest(context.getArgs<unknown[]>());
  if (type === 'ws') return socketRequest(context.getArgByIndex<unknown>(0));
  throw unknownKind(type);
}

function unknownKind(type: string): Error {
  return new Error(
    `Authentication knows the contexts http, graphql and ws, and refuses all others, here "${type}". Mark the handler with @Public() if it protects itself, and put no guard of ours on it.`,
  );
}
