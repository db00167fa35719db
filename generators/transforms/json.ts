import { ts } from 'ts-morph';
import { withoutBom } from './syntax.js';
import { indentOf, lineEndOf, splice } from './text.js';

type JsonObject = ts.ObjectLiteralExpression;

/** Thrown for a file that is no JSON object: nothing in it can be merged. */
class NotJson extends Error {}

/** A JSON text with further entries in one of its objects. Entries that are there stay; so does every other byte. */
export function withEntries(
  text: string,
  path: readonly string[],
  entries: Readonly<Record<string, unknown>>,
): string {
  const wanted = Object.entries(entries);
  if (wanted.length === 0) return text;
  const { bom, body } = withoutBom(text);
  const [first = '', ...rest] = path;
  const object = objectAt(body, path);
  if (object === null) {
    if (first === '') throw new NotJson('the file is no JSON object');
    return withEntries(text, [], { [first]: nested(rest, entries) });
  }
  const missing = wanted.filter(([name]) => propertyOf(object, name) === undefined);
  return bom + missing.reduce((done, [name, value]) => withEntry(done, path, name, value), body);
}

/** A JSON text with one value replaced, or added. */
export function withValue(text: string, path: readonly string[], name: string, value: unknown): string {
  const { bom, body } = withoutBom(text);
  const object = objectAt(body, path);
  const property = object === null ? undefined : propertyOf(object, name);
  if (property === undefined) return withEntries(text, path, { [name]: value });
  const { initializer } = property;
  const depth = path.length + 1;
  return (
    bom +
    splice(body, [
      {
        start: initializer.getStart(),
        end: initializer.getEnd(),
        text: written(value, indentOf(body), depth, lineEndOf(body)),
      },
    ])
  );
}

function withEntry(body: string, path: readonly string[], name: string, value: unknown): string {
  const object = objectAt(body, path);
  if (object === null) throw new NotJson('the file is no JSON object');
  const [unit, end, depth] = [indentOf(body), lineEndOf(body), path.length + 1];
  const line = `${JSON.stringify(name)}: ${written(value, unit, depth, end)}`;
  const before = placeOf(object, name);
  if (object.properties.length === 0) {
    const inner = `{${end}${unit.repeat(depth)}${line}${end}${unit.repeat(depth - 1)}}`;
    return splice(body, [{ start: object.getStart(), end: object.getEnd(), text: inner }]);
  }
  if (before !== undefined) {
    const start = before.getStart();
    return splice(body, [{ start, end: start, text: `${line},${end}${unit.repeat(depth)}` }]);
  }
  const last = object.properties.at(-1)?.getEnd() ?? object.getEnd();
  return splice(body, [{ start: last, end: last, text: `,${end}${unit.repeat(depth)}${line}` }]);
}

/** In a sorted object the first property that comes after the name; nowhere in one that is not. */
function placeOf(object: JsonObject, name: string): ts.ObjectLiteralElementLike | undefined {
  const names = object.properties.map(nameOf);
  const isSorted = names.every((current, index) => index === 0 || (names[index - 1] ?? '') <= current);
  if (!isSorted || names.length < 2) return undefined;
  return object.properties.find((property) => nameOf(property) > name);
}

function objectAt(body: string, path: readonly string[]): JsonObject | null {
  const source = ts.parseJsonText('text.json', body);
  const [statement] = source.statements;
  let current: ts.Node | undefined = statement?.expression;
  for (const name of path) {
    if (current === undefined || !ts.isObjectLiteralExpression(current)) return null;
    current = propertyOf(current, name)?.initializer;
  }
  if (current === undefined || !ts.isObjectLiteralExpression(current)) return null;
  setParents(source);
  return current;
}

/** `getStart` wants to reach the source file. */
function setParents(source: ts.Node): void {
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, (child) => {
      (child as { parent: ts.Node }).parent = node;
      visit(child);
    });
  };
  visit(source);
}

function propertyOf(object: JsonObject, name: string): ts.PropertyAssignment | undefined {
  return object.properties.find(
    (property): property is ts.PropertyAssignment =>
      ts.isPropertyAssignment(property) && nameOf(property) === name,
  );
}

function nameOf(property: ts.ObjectLiteralElementLike): string {
  return property.name !== undefined && ts.isStringLiteral(property.name) ? property.name.text : '';
}

function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
}

/** Arrays of plain values stay on one line, as Prettier leaves them. */
function written(value: unknown, unit: string, depth: number, end: string): string {
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) {
    return `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
  }
  return JSON.stringify(value, null, unit)
    .split('\n')
    .join(`${end}${unit.repeat(depth)}`);
}
