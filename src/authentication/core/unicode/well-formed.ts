/** Text that Postgres and every client can hold: no NUL, no lone surrogate. */
export function isWellFormed(text: string): boolean {
  return !text.includes('\0') && !/\p{Cs}/u.test(text);
}

/** Far deeper than any body of ours. What reads it further recurses, and a stack ends at a few thousand. */
const DEPTH = 32;

/** A value of a body whose text is well-formed throughout, and that nests no deeper than a reader can follow. */
export function isWellFormedValue(value: unknown, depth = DEPTH): boolean {
  if (typeof value === 'string') return isWellFormed(value);
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((part) => isWellFormedValue(part, depth - 1));
}
