import { types, type ClientBase } from 'pg';

/** `2026-11-28 13:20:03.123+00`, with up to three digits after the point: the form that we set on each connection. */
const LONGEST = 26;
const WITHOUT_FRACTION = 22;
const ZERO = 48;
const DASH = 45;

const parseOfPg = types.getTypeParser(types.builtins.TIMESTAMPTZ) as (text: string) => unknown;

/**
 * Gives a connection of ours a faster parser of times: session and user of each authenticated request have five, and the
 * parser of `pg`, which knows every form of Postgres, takes three times as long. Other forms still go to that one.
 */
export function readTimesFast(client: ClientBase): void {
  client.setTypeParser(types.builtins.TIMESTAMPTZ, timeOf);
}

/** A `Date`, or `Infinity` as a number. */
export function timeOf(text: string): unknown {
  // From the year 1000 on: `Date.UTC` takes a year below 100 for one of the 20th century.
  const isUsual = text.length <= LONGEST && text.charCodeAt(4) === DASH && text.charCodeAt(0) !== ZERO;
  if (!isUsual || !text.endsWith('+00')) return parseOfPg(text);
  return new Date(
    Date.UTC(
      100 * twoDigits(text, 0) + twoDigits(text, 2),
      twoDigits(text, 5) - 1,
      twoDigits(text, 8),
      twoDigits(text, 11),
      twoDigits(text, 14),
      twoDigits(text, 17),
      text.length > WITHOUT_FRACTION ? Number(text.slice(20, -3).padEnd(3, '0')) : 0,
    ),
  );
}

function twoDigits(text: string, at: number): number {
  return 10 * (text.charCodeAt(at) - ZERO) + text.charCodeAt(at + 1) - ZERO;
}
