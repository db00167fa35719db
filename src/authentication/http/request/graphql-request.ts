import type { HttpRequest } from './http.js';
import { hasHeaders, withCredentials } from './socket-credentials.js';

/** What servers and applications put into the context of a GraphQL operation. */
interface GraphqlContext {
  /** Nest's drivers set it. For a subscription with Apollo it is the context of graphql-ws, not a request. */
  readonly req?: unknown;
  /** Mercurius, on a WebSocket */
  readonly request?: unknown;
  /** Mercurius, for each operation */
  readonly reply?: { readonly request?: unknown };
  /** Mercurius, on a WebSocket: what the client sent when it connected */
  readonly _connectionInit?: unknown;
  readonly extra?: unknown;
  readonly connectionParams?: unknown;
}

const NO_REQUEST =
  'The GraphQL context holds no request, so that the caller cannot be known. Let the option `context` of GraphQLModule return it: `context: ({ req }) => ({ req })`, or leave the option out.';
const SHARED =
  'Several requests share one GraphQL context, so that one caller could be taken for another. Let the option `context` of GraphQLModule be a function that returns a new object each time.';

/** The first request that was seen with a context. */
const requests = new WeakMap<object, object>();
/** How many contexts a request was seen with. */
const contextsOf = new WeakMap<object, number>();

/**
 * The request of a GraphQL operation, or the one that opened its WebSocket, with the token of `connectionParams`.
 * @param args of a resolver: root, arguments, context, info; without the arguments where a reference is resolved
 * @throws Error if the context has no request, or that of another operation
 */
export function graphqlRequest(args: readonly unknown[]): HttpRequest {
  const context = contextOf(args);
  if (!isObject(context)) throw new Error(NO_REQUEST);
  const request = requestIn(context);
  if (request === undefined) throw new Error(NO_REQUEST);
  const given = givenAtConnection(context);
  // As for messages: what was found out for one operation of a connection must not be used for the next.
  const isOfSocket = given !== undefined || request.headers['sec-websocket-key'] !== undefined;
  assertOwn(request, context, isOfSocket ? Infinity : operationsIn(request));
  return isOfSocket ? withCredentials(request, given ?? {}) : request;
}

/** What graphql-js passes to a resolver about its field: an object of its own for each call. */
export function infoOf(args: readonly unknown[]): unknown {
  return args[args.length === 3 ? 2 : 3];
}

/** graphql-js makes `variableValues` anew for each execution, and for each event of a subscription does not always. */
export function executionOf(args: readonly unknown[]): readonly [object, object] | undefined {
  const { operation, variableValues } = (infoOf(args) ?? {}) as {
    operation?: { operation?: string };
    variableValues?: object;
  };
  if (variableValues === undefined || operation?.operation === 'subscription') return undefined;
  return [contextOf(args) as object, variableValues];
}

/** A reference between subgraphs is resolved without arguments. */
function contextOf(args: readonly unknown[]): unknown {
  return args[args.length === 3 ? 1 : 2];
}

/** Mercurius sets `reply` for each operation, whatever the application's own context holds: it comes first. */
function requestIn(context: GraphqlContext): HttpRequest | undefined {
  const { reply, req, request } = context;
  const candidates = [reply?.request, req, openedBy(req), request, openedBy(context)];
  return candidates.find(hasHeaders) as HttpRequest | undefined;
}

/** graphql-ws keeps the request that opened the WebSocket in `extra`. */
function openedBy(context: unknown): unknown {
  const { extra } = (context ?? {}) as GraphqlContext;
  return (extra as GraphqlContext | undefined)?.request;
}

function givenAtConnection({ req, connectionParams, _connectionInit }: GraphqlContext): object | undefined {
  const ofRequest = (req as GraphqlContext | undefined)?.connectionParams;
  const given = [ofRequest, connectionParams, _connectionInit].find(isObject) as
    { headers?: unknown } | undefined;
  return isObject(given?.headers) ? given.headers : given;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** How many operations an HTTP request asks for. A form of another kind, such as of an upload, is not counted. */
function operationsIn({ body, query }: HttpRequest): number {
  if (Array.isArray(body)) return body.length;
  return [body, query].some((sent) => isObject(sent) && 'query' in sent) ? 1 : Infinity;
}

/**
 * A context that the application made once, and not for each request, holds the request of somebody else: of the first
 * caller with Nest's drivers 13, of the last one with Mercurius. Apollo copies the context for each operation: then a
 * request has more contexts than it asked for operations.
 */
function assertOwn(
  request: HttpRequest & { res?: { writableEnded?: boolean } },
  context: object,
  operations: number,
): void {
  const first = requests.get(context);
  const seen = (contextsOf.get(request) ?? 0) + (first === undefined ? 1 : 0);
  contextsOf.set(request, seen);
  requests.set(context, first ?? request);
  const isOver = request.res?.writableEnded === true;
  if (isOver || seen > operations || (first !== undefined && first !== request)) throw new Error(SHARED);
}
