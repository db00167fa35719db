import { SyntaxKind, type ImportDeclaration, type ObjectLiteralExpression } from 'ts-morph';
import {
  importLine,
  indentAt,
  indented,
  newElement,
  quoteOf,
  trailingComment,
  type Imported,
} from './insert.js';
import { syntaxOf, withoutBom } from './syntax.js';
import { indentOf, lineEndOf, splice, type Splice } from './text.js';

export interface RootModuleEdit {
  /** imports to add */
  imports: readonly Imported[];
  /** the new element of the module's `imports`, indented with two spaces a level */
  element: string;
  /** an imported identifier that shows that the element is there already */
  marker: string;
}

export type RootModuleResult =
  | { kind: 'edited' | 'unchanged'; text: string }
  /** the place cannot be found in the syntax tree, so a person has to insert the lines */
  | { kind: 'paste'; reason: string; lines: string[] };

/** Adds an element to the `imports` of the root module. No other byte changes. */
export function withModule(text: string, edit: RootModuleEdit): RootModuleResult {
  const { bom, body } = withoutBom(text);
  const source = syntaxOf(body);
  if (isImported(source.getImportDeclarations(), edit.marker)) return { kind: 'unchanged', text };
  const found = moduleOptions(body);
  if (typeof found === 'string') return { kind: 'paste', reason: found, lines: pasteLines(edit) };
  const quoted = { ...edit, element: edit.element.replaceAll("'", quoteOf(body)) };
  const insertion = elementSplice(body, found, quoted);
  if (typeof insertion === 'string') return { kind: 'paste', reason: insertion, lines: pasteLines(edit) };
  return { kind: 'edited', text: bom + splice(body, [importSplice(body, edit), insertion]) };
}

function isImported(declarations: readonly ImportDeclaration[], name: string): boolean {
  return declarations.some((declaration) =>
    declaration.getNamedImports().some((named) => named.getName() === name),
  );
}

function pasteLines({ imports, element }: RootModuleEdit): string[] {
  return [
    ...imports.map(({ name, specifier }) => `import { ${name} } from '${specifier}';`),
    '',
    '// in the imports of your root module:',
    ...`${element},`.split('\n'),
  ];
}

/** The object literal of the only `@Module({ … })` in the file, or the reason why there is none. */
function moduleOptions(body: string): ObjectLiteralExpression | string {
  const source = syntaxOf(body);
  const decorators = source
    .getClasses()
    .flatMap((declaration) => declaration.getDecorators().filter((each) => each.getName() === 'Module'));
  const [decorator, another] = decorators;
  if (decorator === undefined) return 'it has no class with @Module()';
  if (another !== undefined) return 'it has more than one class with @Module()';
  const [argument] = decorator.getArguments();
  const options = argument?.asKind(SyntaxKind.ObjectLiteralExpression);
  return options ?? 'the argument of @Module() is not an object literal';
}

function elementSplice(
  body: string,
  options: ObjectLiteralExpression,
  edit: RootModuleEdit,
): Splice | string {
  const spread = options.getProperties().some((property) => property.isKind(SyntaxKind.SpreadAssignment));
  const property = options.getProperty('imports');
  if (property === undefined) {
    return spread
      ? '@Module() spreads other options, which may contain imports'
      : newImports(body, options, edit);
  }
  const list = property
    .asKind(SyntaxKind.PropertyAssignment)
    ?.getInitializer()
    ?.asKind(SyntaxKind.ArrayLiteralExpression);
  return list === undefined ? 'its imports are not an array literal' : newElement(body, list, edit.element);
}

function newImports(body: string, options: ObjectLiteralExpression, edit: RootModuleEdit): Splice {
  const [unit, end] = [indentOf(body), lineEndOf(body)];
  const base = indentAt(body, options.getStart());
  const at = options.getStart() + 1;
  const element = indented(edit.element, base + unit + unit, unit, end);
  const hasMore = options.getProperties().length > 0;
  const isOneLine = !body.slice(options.getStart(), options.getEnd()).includes('\n');
  const after = isOneLine ? `${end}${hasMore ? base + unit : base}` : '';
  const text = `${end}${base}${unit}imports: [${end}${element},${end}${base}${unit}],${after}`;
  return { start: at, end: isOneLine ? at + (/^\s*/.exec(body.slice(at))?.[0].length ?? 0) : at, text };
}

function importSplice(body: string, { imports }: RootModuleEdit): Splice {
  const end = lineEndOf(body);
  const declarations = syntaxOf(body).getImportDeclarations();
  const last = declarations.at(-1);
  const lines = imports
    .filter(({ name }) => !isImported(declarations, name))
    .map((imported) => importLine(body, imported));
  if (last === undefined) return { start: 0, end: 0, text: `${lines.join(end)}${end}${end}` };
  const at = last.getEnd() + trailingComment(body, last.getEnd()).length;
  return { start: at, end: at, text: lines.map((line) => end + line).join('') };
}
