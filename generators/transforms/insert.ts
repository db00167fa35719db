import type { ArrayLiteralExpression } from 'ts-morph';
import { syntaxOf } from './syntax.js';
import { indentOf, lineEndOf, type Splice } from './text.js';

export interface Imported {
  name: string;
  /** with the suffix that the project uses */
  specifier: string;
}

/** An import line with the quotes and semicolons of the file. */
export function importLine(body: string, { name, specifier }: Imported): string {
  const last = syntaxOf(body).getImportDeclarations().at(-1);
  const quote = quoteOf(body);
  const semicolon = last === undefined || last.getText().endsWith(';') ? ';' : '';
  return `import { ${name} } from ${quote}${specifier}${quote}${semicolon}`;
}

/** Adds an element to the end of an array literal, in the format that the array has. */
export function newElement(body: string, list: ArrayLiteralExpression, element: string): Splice {
  const [unit, end] = [indentOf(body), lineEndOf(body)];
  const elements = list.getElements();
  const last = elements.at(-1);
  const base = indentAt(body, list.getStart());
  if (last === undefined) {
    const inside = body.slice(list.getStart() + 1, list.getEnd() - 1);
    // A comment in an empty array stays, above the new element.
    const kept = inside.trim() === '' ? '' : inside.trimEnd();
    return {
      start: list.getStart() + 1,
      end: list.getEnd() - 1,
      text: `${kept}${end}${indented(element, base + unit, unit, end)},${end}${base}`,
    };
  }
  const hasComma = /^\s*(?:\/\*(?:(?!\*\/)[^])*\*\/\s*)*,/.exec(body.slice(last.getEnd()))?.[0];
  const isOneLine = !body.slice(list.getStart(), last.getStart()).includes('\n');
  if (isOneLine && hasComma === undefined) {
    const inner = indented(element, base, unit, end).slice(base.length);
    return { start: last.getEnd(), end: last.getEnd(), text: `, ${inner}` };
  }
  const level = indentAt(body, last.getStart());
  const line = `${indented(element, level, unit, end)},`;
  const at = last.getEnd() + (hasComma?.length ?? 0);
  if (hasComma === undefined) {
    const comment = trailingComment(body, at);
    return { start: at, end: at + comment.length, text: `,${comment}${end}${line}` };
  }
  const comment = trailingComment(body, at);
  return { start: at, end: at + comment.length, text: `${comment}${end}${line}` };
}

/** A comment after an element, on the same line, belongs to that element. */
export function trailingComment(body: string, at: number): string {
  return /^[ \t]*(?:\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/)/.exec(body.slice(at))?.[0] ?? '';
}

export function quoteOf(body: string): string {
  return /^import\b[^'"]*"/m.test(body) ? '"' : "'";
}

export function indented(element: string, base: string, unit: string, end: string): string {
  return element
    .split('\n')
    .map((line) => base + line.replace(/^(?: {2})+/, (spaces) => unit.repeat(spaces.length / 2)))
    .join(end);
}

export function indentAt(body: string, position: number): string {
  const start = body.lastIndexOf('\n', position - 1) + 1;
  return /^[ \t]*/.exec(body.slice(start))?.[0] ?? '';
}
