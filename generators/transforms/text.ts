/** A replacement of the characters from `start` to `end`. */
export interface Splice {
  start: number;
  end: number;
  text: string;
}

/** Applies replacements, which must not overlap. No other byte changes. */
export function splice(text: string, splices: readonly Splice[]): string {
  let result = text;
  for (const { start, end, text: inserted } of [...splices].sort((a, b) => b.start - a.start)) {
    result = result.slice(0, start) + inserted + result.slice(end);
  }
  return result;
}

/** The line end that a text uses. */
export function lineEndOf(text: string): '\r\n' | '\n' {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** One level of indentation as a text has it. */
export function indentOf(text: string, fallback = '  '): string {
  return /^([ \t]+)[^\s*]/m.exec(text)?.[1] ?? fallback;
}
