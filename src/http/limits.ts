/** Bytes. The largest body that our routes read has a few hundred. */
export const BODY_LIMIT = 64 * 1024;

/** Milliseconds, after which a client that does not finish its request is disconnected. */
export const REQUEST_TIMEOUT = 30_000;
export const HEADERS_TIMEOUT = 10_000;
export const KEEP_ALIVE_TIMEOUT = 65_000;

/**
 * No limit: with one, Node drops further header lines without a word, such as those that a proxy appends. The size of
 * the head (16 KiB) is the limit, and requests with a thousand lines are refused.
 */
export const MAX_HEADERS_COUNT = 0;
