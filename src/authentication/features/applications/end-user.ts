import { plainAddress } from '../../core/clients/address.js';
import { plainUserAgent, type Client } from '../../core/clients/client.js';
import { InvalidBody } from '../../core/problems/problems.js';
import type { HttpRequest } from '../../http/request/http.js';

export const API_KEY = 'X-Api-Key';
export const CLIENT_ADDRESS = 'X-Client-Address';
export const CLIENT_USER_AGENT = 'X-Client-User-Agent';

/**
 * The end user, as the bearer of a key names it; what it does not name is its own.
 * @throws InvalidBody for an address that is none: to count the backend in its stead would hold up all its users
 */
export function endUserOf({ headers }: HttpRequest, peer: Client): Client {
  const address = headers[CLIENT_ADDRESS.toLowerCase()];
  const userAgent = headers[CLIENT_USER_AGENT.toLowerCase()];
  const ipAddress = address === undefined ? peer.ipAddress : plainAddress(String(address));
  if (address !== undefined && ipAddress === null) throw InvalidBody.of(CLIENT_ADDRESS, 'invalid');
  return {
    ipAddress,
    userAgent: userAgent === undefined ? peer.userAgent : plainUserAgent(String(userAgent)),
    locale: peer.locale,
  };
}
