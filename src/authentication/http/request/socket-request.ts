import type { HttpRequest } from './http.js';
import { hasHeaders, withCredentials, type OpeningRequest } from './socket-credentials.js';

/** What Socket.IO keeps of the request that opened a connection. */
interface Handshake {
  readonly headers: HttpRequest['headers'];
  readonly address?: string;
  /** The option `auth` of the client. A browser sends the token in it, since it can set no header. */
  readonly auth?: { readonly token?: unknown };
}

const upgrades = new WeakMap<object, OpeningRequest>();

/**
 * For gateways of `@nestjs/platform-ws`: only `handleConnection(client, request)` gets the request that opened the
 * connection. Call this there first, before anything is awaited, so that the guard finds it at each message.
 * @param token if the client sends it elsewhere than in a header, such as in its first message. A later call may replace it
 * by another token of the same user. The guard refuses that of another user, who must open a new connection
 */
export function rememberUpgrade(client: object, request: OpeningRequest, token?: string): void {
  upgrades.set(
    client,
    token === undefined ? request : withCredentials(request, { 'x-session-token': token }),
  );
}

/**
 * The request that opened a WebSocket. It is made anew for each message: what was found out for one message, such as the
 * realm of its API key, must not be used for the next.
 * @throws Error for a connection whose request is not known
 */
export function socketRequest(client: unknown): HttpRequest {
  const socket = (typeof client === 'object' && client !== null ? client : {}) as {
    handshake?: Handshake;
    request?: { rawHeaders?: readonly string[] };
  };
  const upgrade = upgrades.get(socket);
  if (upgrade !== undefined) return withCredentials(upgrade, {});
  const { handshake, request } = socket;
  if (handshake === undefined || !hasHeaders(handshake)) {
    throw new Error(
      'The request that opened this WebSocket is not known, so that the caller cannot be known. Call rememberUpgrade(client, request) in the handleConnection of the gateway.',
    );
  }
  const { headers, address, auth } = handshake;
  const { rawHeaders = [] } = request ?? {};
  const opened = { headers, rawHeaders, socket: { remoteAddress: address } };
  return withCredentials(opened, { 'x-session-token': auth?.token });
}
