import { isLoopback } from '../../core/clients/address.js';
import type { HttpRequest } from './http.js';

/** What proxies, content delivery networks and tunnels add. A request that has one of these came from elsewhere. */
const FORWARDING =
  /^(?:forwarded|via|x-forwarded.*|x-original-.*|x-envoy-.*|cf-.*|(?:x-)?(?:real|client|cluster-client|true-client|fastly-client)-ip)$/;

/** A host and a port and nothing else: a URL parser would also accept `user@localhost`, `localhost/x` and `127.1`. */
const HOST = /^(?:\[([\da-f:.]{2,45})\]|([\w.-]{1,253}))(?::\d{1,5})?$/i;

/**
 * Whether a request comes from this machine, without a proxy and for a local host name. The host name is checked because
 * the page of another site can send requests to this machine, but only under its own name (DNS rebinding).
 */
export function isLocal({ headers, socket }: HttpRequest): boolean {
  return (
    isLoopback(socket?.remoteAddress ?? '') &&
    isLocalHost(headers.host ?? '') &&
    !Object.keys(headers).some((name) => FORWARDING.test(name))
  );
}

function isLocalHost(host: string): boolean {
  const [, ipv6, name = ''] = HOST.exec(host.toLowerCase()) ?? [];
  if (ipv6 !== undefined) return ipv6.includes(':') && isLoopback(ipv6);
  return name === 'localhost' || name.endsWith('.localhost') || isLoopback(name);
}
