/** Whether Postgres and every client can hold a text: no NUL, no lone surrogate. */
export function isWellFormed(text: string): boolean {
  return !text.includes('\0') && !/\p{Cs}/u.test(text);
}

/** Levels of nesting, far more than our bodies have. Recursive code overflows the stack at a few thousand levels. */
const DEPTH = 32;

/** Whether all text in a value of a body is well-formed, and the value has at most `depth` levels. */
export function isWellFormedValue(value: unknown, depth = DEPTH): boolean {
  if (typeof value === 'string') return isWellFormed(value);
  if (typeof value !== 'object' || value === null) return true;
  return (
    depth > 0 &&
    (Array.isArray(value) || Object.keys(value).every(isWellFormed)) &&
    Object.values(value).every((part) => isWellFormedValue(part, depth - 1))
  );
}
