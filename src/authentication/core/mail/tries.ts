import type { MailMessage } from './mail-messages.js';

/** Seconds after the first try; each pause is twice the one before. */
const FIRST_PAUSE = 5;
/** Seconds. RFC 5321, 4.5.4.1: at least 30 minutes. A mail server that works again gets all mails within an hour. */
const LONGEST_PAUSE = 1800;
/** How many pauses are shorter than the longest one. */
const GROWING = 9;

const BASE = `LEAST(${LONGEST_PAUSE}, ${FIRST_PAUSE} * 2 ^ LEAST(retry_count, ${GROWING})) * interval '1 second'`;

/**
 * The pause before the next try, in SQL. The random part, up to the same again, spreads the mails that failed together.
 * `retry_count` is the number of tries before this one.
 */
export const PAUSE = `${BASE} * (1 + random())`;
/** No pause is longer. */
export const LONGEST_WAIT = `${BASE} * 2`;

/**
 * How often a mail is tried again. A number of tries, not a time: a clock that jumps ends no mail, and neither does a
 * server that was off for a weekend.
 */
export function triesFor(message: Pick<MailMessage, 'hours'> | undefined): number {
  const average = LONGEST_PAUSE * 1.5;
  return GROWING + Math.ceil(((message?.hours ?? 48) * 3600) / average);
}
