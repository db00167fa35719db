/** Text that Postgres and every client can hold: no NUL, no lone surrogate. */
export function isWellFormed(text: string): boolean {
  return !text.includes('\0') && !/\p{Cs}/u.test(text);
}
