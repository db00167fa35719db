/** A replacement of the characters from `start` to `end`. */
export interface Splice {
  start: number;
  end: number;
  text: string;
}

/** Applies replacements that do not overlap; all else stays as it is, to the byte. */
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

/** What one level of indentation is in a text. */
export function indentOf(text: string, fallback = '  '): string {
  return /^([ \t]+)[^\s*]/m.exec(text)?.[1] ?? fallback;
}
