import type { ArgumentsHost } from '@nestjs/common';
import type { Problem } from '../../core/problems/problem.js';

/** The client of a gateway: of Socket.IO, or of `ws`, which has a numeric state. */
interface SocketClient {
  readonly readyState?: number;
  send(text: string): void;
  emit(event: string, data: unknown): void;
}

/** `readyState` of a connection that is open. */
const OPEN = 1;

/**
 * Answers the failure of a GraphQL resolver, or of a WebSocket message: with the event `exception`, as Nest does. What
 * the application made for its client, a GraphQLError or a WsException, is passed on. Other contexts are left to Nest.
 * @throws the error that the GraphQL server answers
 */
export function answerCall(
  exception: unknown,
  host: ArgumentsHost,
  problemOf: (exception: unknown) => Problem,
): void {
  const type = host.getType<string>();
  if (type === 'graphql') throw isForGraphql(exception) ? exception : problemOf(exception);
  if (type !== 'ws') return;
  const cause = { pattern: host.switchToWs().getPattern() };
  const own = ownError(exception);
  const data = own ?? shownOf(problemOf(exception));
  sendException(host.switchToWs().getClient<SocketClient>(), { ...data, cause });
}

function isForGraphql(exception: unknown): boolean {
  return exception instanceof Error && typeof (exception as { extensions?: unknown }).extensions === 'object';
}

/** What is in a WsException. Its class is not imported, so that an application without WebSockets starts. */
function ownError(exception: unknown): object | undefined {
  const { getError } = (exception ?? {}) as { getError?: unknown };
  if (typeof getError !== 'function') return undefined;
  const error: unknown = getError.call(exception);
  return typeof error === 'object' && error !== null ? error : { status: 'error', message: error };
}

/** In the form of Nest's own: its `status` is a text. */
function shownOf(problem: Problem): object {
  const { title, detail, code, errors } = problem.getResponse() as Record<string, unknown>;
  return { status: 'error', message: title, code, detail, ...(errors === undefined ? {} : { errors }) };
}

/** Nest 11 sends nothing to a client of `ws`: there `emit` only calls listeners of this process. */
function sendException(client: SocketClient, data: object): void {
  if (typeof client.readyState !== 'number') client.emit('exception', data);
  else if (client.readyState === OPEN) client.send(JSON.stringify({ event: 'exception', data }));
}
