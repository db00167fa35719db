const CONTEXT = 3;

interface Line {
  sign: ' ' | '-' | '+';
  text: string;
}

/** A unified diff. */
export function diffOf(path: string, before: string | null, after: string): string {
  const lines = compare(linesOf(before ?? ''), linesOf(after));
  const shown = lines.map((_, index) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== ' '),
  );
  const body: string[] = [];
  let [oldLine, newLine] = [1, 1];
  for (const [index, { sign, text }] of lines.entries()) {
    if (shown[index] === true) {
      if (shown[index - 1] !== true) body.push(hunkHeader(lines, shown, index, oldLine, newLine));
      body.push(sign + text);
    }
    if (sign !== '+') oldLine += 1;
    if (sign !== '-') newLine += 1;
  }
  if (body.length === 0) return '';
  return [`--- ${before === null ? '/dev/null' : path}`, `+++ ${path}`, ...body, ''].join('\n');
}

function hunkHeader(
  lines: readonly Line[],
  shown: readonly boolean[],
  start: number,
  oldLine: number,
  newLine: number,
): string {
  const end = shown.indexOf(false, start);
  const hunk = lines.slice(start, end === -1 ? lines.length : end);
  const [oldCount, newCount] = [
    hunk.filter(({ sign }) => sign !== '+').length,
    hunk.filter(({ sign }) => sign !== '-').length,
  ];
  return `@@ -${oldCount === 0 ? 0 : oldLine},${oldCount} +${newCount === 0 ? 0 : newLine},${newCount} @@`;
}

function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  // So that it differs from the same line with an end, and is printed as `patch` wants it.
  return rest === '' ? lines : [...lines, `${rest}\n\\ No newline at end of file`];
}

/** The longest common subsequence between a common head and a common tail. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (
    tail < Math.min(before.length, after.length) - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail += 1;
  }
  const same = (text: string): Line => ({ sign: ' ', text });
  return [
    ...before.slice(0, head).map(same),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

function middle(before: readonly string[], after: readonly string[]): Line[] {
  const width = after.length + 1;
  const table = new Uint32Array((before.length + 1) * width);
  const at = (row: number, column: number): number => table[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      table[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: Line[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    const [old, now] = [before[row], after[column]];
    if (old !== undefined && old === now) {
      lines.push({ sign: ' ', text: old });
      row += 1;
      column += 1;
    } else if (now === undefined || (old !== undefined && at(row + 1, column) >= at(row, column + 1))) {
      lines.push({ sign: '-', text: old ?? '' });
      row += 1;
    } else {
      lines.push({ sign: '+', text: now });
      column += 1;
    }
  }
  return lines;
}
