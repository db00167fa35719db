import {
  SyntaxKind,
  type ArrayLiteralExpression,
  type ObjectLiteralExpression,
  type SourceFile,
} from 'ts-morph';
import { syntaxOf } from './syntax.js';
import { splice, type Splice } from './text.js';

const PRINT_WIDTH = 110;

/** Removes features from the composition root: their imports, and their entries in `FEATURES`. */
export function withoutFeatures(text: string, folders: readonly string[]): string {
  if (folders.length === 0) return text;
  const source = syntaxOf(text);
  const dropped = source
    .getImportDeclarations()
    .filter((declaration) =>
      folders.some((folder) => declaration.getModuleSpecifierValue().startsWith(`./${folder}/`)),
    );
  const names = new Set(
    dropped.flatMap((declaration) => declaration.getNamedImports().map((named) => named.getName())),
  );
  const list = arrayNamed(source, 'FEATURES');
  const splices = dropped.map((node) => wholeLine(text, node.getStart(), node.getEnd()));
  if (names.size > 0) splices.push(arrayWithout(text, list, names));
  return splice(text, splices);
}

/** Names another class of hashing in the composition root: in its import, and as the value of `HASHING`. */
export function withHashing(text: string, { className, file }: { className: string; file: string }): string {
  const source = syntaxOf(text);
  const value = declared(source, 'HASHING');
  const current = value.getText();
  const imported = source.getImportDeclarationOrThrow((each) =>
    each.getNamedImports().some((named) => named.getName() === current),
  );
  if (current === className) return text;
  return splice(text, [
    {
      start: imported.getStart(),
      end: imported.getEnd(),
      text: `import { ${className} } from './core/passwords/${file}.js';`,
    },
    { start: value.getStart(), end: value.getEnd(), text: className },
  ]);
}

/** Removes elements from the array literal that a constant holds. */
export function withoutElements(text: string, constant: string, elements: readonly string[]): string {
  return splice(text, [arrayWithout(text, arrayNamed(syntaxOf(text), constant), new Set(elements))]);
}

/** Removes properties from the object literal that a constant holds. */
export function withoutProperties(text: string, constant: string, names: readonly string[]): string {
  const value = declared(syntaxOf(text), constant);
  const object = value.isKind(SyntaxKind.ObjectLiteralExpression)
    ? value
    : value.getFirstDescendantByKindOrThrow(SyntaxKind.ObjectLiteralExpression);
  return splice(text, propertiesOf(text, object, names));
}

function propertiesOf(text: string, object: ObjectLiteralExpression, names: readonly string[]): Splice[] {
  return names.flatMap((name) => {
    const property = object.getProperty(name);
    if (property === undefined) return [];
    const comma = /^\s*,/.exec(text.slice(property.getEnd()))?.[0].length ?? 0;
    return [wholeLine(text, property.getStart(true), property.getEnd() + comma)];
  });
}

function declared(source: SourceFile, constant: string) {
  return source.getVariableDeclarationOrThrow(constant).getInitializerOrThrow();
}

function arrayNamed(source: SourceFile, constant: string): ArrayLiteralExpression {
  const value = declared(source, constant);
  return value.isKind(SyntaxKind.ArrayLiteralExpression)
    ? value
    : value.getFirstDescendantByKindOrThrow(SyntaxKind.ArrayLiteralExpression);
}

/** Formatted as Prettier does: on one line if it fits. */
function arrayWithout(text: string, list: ArrayLiteralExpression, dropped: ReadonlySet<string>): Splice {
  const kept = list
    .getElements()
    .map((element) => element.getText())
    .filter((element) => !dropped.has(element) && !dropped.has(element.slice(1, -1)));
  const start = list.getStart();
  const lineStart = text.lastIndexOf('\n', start) + 1;
  const oneLine = `[${kept.join(', ')}]`;
  const rest = /^[^\n]*/.exec(text.slice(list.getEnd()))?.[0].length ?? 0;
  const fits = start - lineStart + oneLine.length + rest <= PRINT_WIDTH;
  const written = fits ? oneLine : `[\n${kept.map((element) => `  ${element},\n`).join('')}]`;
  return { start, end: list.getEnd(), text: written };
}

function wholeLine(text: string, start: number, end: number): Splice {
  const lineStart = text.lastIndexOf('\n', start) + 1;
  const lineEnd = text.indexOf('\n', end);
  return { start: lineStart, end: lineEnd === -1 ? text.length : lineEnd + 1, text: '' };
}
