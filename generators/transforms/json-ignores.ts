import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import { isIgnored } from './ignore-patterns.js';
import { indentAt } from './insert.js';
import { withEntries } from './json.js';
import { withoutBom } from './syntax.js';
import { lineEndOf, splice, type Splice } from './text.js';

/**
 * Adds patterns to a list in a JSON text, such as `files.ignore`. A list that is missing is added. No other byte changes.
 * @returns null if there is something else at that path
 */
export function withJsonIgnores(
  text: string,
  path: readonly string[],
  patterns: readonly string[],
): string | null {
  const { bom, body } = withoutBom(text);
  const tree = parseTree(body, [], { allowTrailingComma: true });
  if (tree?.type !== 'object') return null;
  const list = findNodeAtLocation(tree, [...path]);
  if (list === undefined) return withEntries(text, path.slice(0, -1), { [path.at(-1) ?? '']: patterns });
  if (list.type !== 'array') return null;
  const there = (list.children ?? []).map((child) => String(child.value));
  const missing = patterns.filter((pattern) => !isIgnored(pattern, there));
  return missing.length === 0 ? text : bom + splice(body, [lastItems(body, list, missing)]);
}

function lastItems(body: string, list: Node, values: readonly string[]): Splice {
  const last = list.children?.at(-1);
  const texts = values.map((value) => JSON.stringify(value));
  if (last === undefined)
    return { start: list.offset + 1, end: list.offset + list.length - 1, text: texts.join(', ') };
  const at = last.offset + last.length;
  const isOneLine = !body.slice(list.offset, last.offset).includes('\n');
  const before = isOneLine ? ', ' : `,${lineEndOf(body)}${indentAt(body, last.offset)}`;
  return { start: at, end: at, text: texts.map((item) => before + item).join('') };
}
