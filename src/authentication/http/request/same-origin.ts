import type { HttpRequest } from './http.js';

/**
 * Whether a form post comes from a page of this origin. Current browsers send `Sec-Fetch-Site`, older ones `Origin`. A
 * client that is not a browser sends neither; no other site can make it send a request.
 */
export function isSameOrigin({ headers }: HttpRequest, appUrl: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  if (origin === undefined) return true;
  return origin === new URL(appUrl).origin || (URL.canParse(origin) && new URL(origin).host === host);
}
