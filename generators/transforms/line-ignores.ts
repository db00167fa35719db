import { isIgnored } from './ignore-patterns.js';
import { withoutBom } from './syntax.js';
import { lineEndOf } from './text.js';

/** Adds patterns to the end of an ignore file, one a line. */
export function withLineIgnores(text: string, patterns: readonly string[]): string {
  const there = withoutBom(text)
    .body.split('\n')
    .map((line) => line.trim());
  const missing = patterns.filter((pattern) => !isIgnored(pattern, there));
  if (missing.length === 0) return text;
  const end = lineEndOf(text);
  const start = text === '' || text.endsWith('\n') ? text : text + end;
  return start + missing.map((pattern) => pattern + end).join('');
}
