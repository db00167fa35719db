/** Bytes. The largest body that our routes read has a few hundred. */
export const BODY_LIMIT = 64 * 1024;

/** Milliseconds, after which a client that does not finish its request is disconnected. */
export const REQUEST_TIMEOUT = 30_000;
export const HEADERS_TIMEOUT = 10_000;
export const KEEP_ALIVE_TIMEOUT = 65_000;
