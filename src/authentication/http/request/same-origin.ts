import type { HttpRequest } from './http.js';

/**
 * Whether a form post comes from a page of this origin. Every current browser says so in `Sec-Fetch-Site`; older ones
 * send `Origin`; a client that is no browser sends neither, and has no cookies to ride on either.
 */
export function isSameOrigin({ headers }: HttpRequest, appUrl: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  if (origin === undefined) return true;
  return origin === new URL(appUrl).origin || (URL.canParse(origin) && new URL(origin).host === host);
}
