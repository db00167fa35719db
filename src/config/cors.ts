import type { Environment } from '../authentication/core/settings/environment.js';

/** A token (RFC 9110, section 5.6.2). */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
/** `capacitor://localhost`, `chrome-extension://ID`: scheme and host, as browsers send it. They know no origin for it. */
const OF_APPLICATION = /^[a-z][a-z\d+.-]*:\/\/[\w.-]+(?::\d+)?$/;

/**
 * The origins of pages and of applications. They are compared exactly, so no pattern is taken, and `null` is not: every
 * page in a sandbox has that origin.
 * @throws SettingError
 */
export function corsOrigins(environment: Environment): string[] {
  return environment.list('CORS_ORIGINS').map((entry) => {
    const origin = originOf(entry.replace(/\/$/, ''));
    if (origin !== null) return origin;
    throw environment.refuse(
      'CORS_ORIGINS',
      entry,
      'a comma-separated list of origins such as https://app.example or capacitor://localhost',
    );
  });
}

function originOf(entry: string): string | null {
  if (entry.includes('*') || !URL.canParse(entry)) return null;
  const { origin, protocol } = new URL(entry);
  if (/^(https?|wss?|ftp|file|blob|data|javascript|about):$/.test(protocol))
    return origin === entry ? origin : null;
  return OF_APPLICATION.test(entry) ? entry : null;
}

/** @throws SettingError */
export function corsHeaders(environment: Environment): string[] {
  return environment.list('CORS_HEADERS').map((entry) => {
    if (HEADER_NAME.test(entry) && entry !== '*') return entry;
    throw environment.refuse(
      'CORS_HEADERS',
      entry,
      'a comma-separated list of header names such as traceparent',
    );
  });
}
