/** bytes; our largest body is a few hundred */
export const BODY_LIMIT = 64 * 1024;

/** A client that does not finish what it began is let go. Milliseconds. */
export const REQUEST_TIMEOUT = 30_000;
export const HEADERS_TIMEOUT = 10_000;
export const KEEP_ALIVE_TIMEOUT = 65_000;
