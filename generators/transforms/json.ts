import {
  applyEdits,
  findNodeAtLocation,
  format,
  modify,
  parseTree,
  type FormattingOptions,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import { Failure } from '../failure.js';
import { withoutBom } from './syntax.js';
import { indentOf } from './text.js';

/**
 * Adds entries to an object of a JSON text. Existing entries stay, and no other byte changes.
 * @throws Failure if there is no object at that path
 */
export function withEntries(
  text: string,
  path: readonly string[],
  entries: Readonly<Record<string, unknown>>,
): string {
  if (Object.keys(entries).length === 0) return text;
  const { bom, body } = withoutBom(text);
  const object = objectAt(body, path);
  if (object === undefined) return withEntries(text, path.slice(0, -1), { [path.at(-1) ?? '']: entries });
  const missing = Object.entries(entries).filter(
    ([name]) => findNodeAtLocation(object, [name]) === undefined,
  );
  return bom + missing.reduce((done, [name, value]) => edited(done, path, name, value), body);
}

/** Replaces or adds a value of a JSON text. */
export function withValue(text: string, path: readonly string[], name: string, value: unknown): string {
  const { bom, body } = withoutBom(text);
  if (objectAt(body, path) === undefined) return withEntries(text, path, { [name]: value });
  return bom + edited(body, path, name, value);
}

/** With formatting options, `modify` would format the whole line again. Here only the new text is formatted. */
function edited(body: string, path: readonly string[], name: string, value: unknown): string {
  const [edit] = modify(body, [...path, name], value, { getInsertionIndex: placeOf(name) });
  if (edit === undefined) return body;
  const changed = applyEdits(body, [edit]);
  const isInserted = edit.length === 0;
  const isAlone = isInserted && /^\{\s*\}/.test(body.slice(edit.offset - 1));
  // With one more character on a side, the white space there is formatted, too.
  const start = edit.offset - (isInserted ? 1 : 0);
  const end = edit.offset + edit.content.length + (isAlone ? 1 : 0);
  const edits = format(changed, { offset: start, length: end - start }, formattingOf(body));
  return withShortArrays(applyEdits(changed, edits), [...path, name]);
}

/** The index of a new name: in a sorted object at its place, else at the end. */
function placeOf(name: string): (names: string[]) => number {
  return (names) => {
    const isSorted = names.every((current, index) => index === 0 || (names[index - 1] ?? '') <= current);
    const place = isSorted && names.length > 1 ? names.findIndex((current) => current > name) : -1;
    return place === -1 ? names.length : place;
  };
}

/** Arrays of plain values stay on one line, as Prettier leaves them; `format` has no option for that. */
function withShortArrays(body: string, path: string[]): string {
  const edits = plainArraysIn(findNodeAtLocation(treeOf(body), path)).map(({ offset, length, children }) => {
    const items = (children ?? []).map((child) => body.slice(child.offset, child.offset + child.length));
    return { offset, length, content: `[${items.join(', ')}]` };
  });
  return applyEdits(body, edits);
}

function plainArraysIn(node: Node | undefined): Node[] {
  const children = node?.children ?? [];
  const isPlain = node?.type === 'array' && children.every((child) => child.children === undefined);
  return isPlain ? [node] : children.flatMap(plainArraysIn);
}

function formattingOf(body: string): FormattingOptions {
  const unit = indentOf(body);
  return { insertSpaces: !unit.startsWith('\t'), tabSize: unit.length };
}

/** @returns undefined if there is nothing at that path */
function objectAt(body: string, path: readonly string[]): Node | undefined {
  const node = findNodeAtLocation(treeOf(body), [...path]);
  if (node === undefined || node.type === 'object') return node;
  throw notAnObject(path.length === 0 ? 'The file' : JSON.stringify(path.join('.')));
}

function treeOf(body: string): Node {
  const errors: ParseError[] = [];
  const tree = parseTree(body, errors, { allowTrailingComma: true });
  if (tree === undefined || errors.length > 0) throw notAnObject('The file');
  return tree;
}

function notAnObject(what: string): Failure {
  return new Failure(`${what} is not a JSON object: correct it first. Nothing was written.`);
}
