import { SyntaxKind, type ImportDeclaration, type SourceFile } from 'ts-morph';
import { importLine, newElement, trailingComment, type Imported } from './insert.js';
import { syntaxOf, withoutBom } from './syntax.js';
import { lineEndOf, splice, type Splice } from './text.js';

export type ListResult =
  | { kind: 'edited'; text: string }
  /** the list cannot be found in the syntax tree, so a person has to insert the lines */
  | { kind: 'paste'; reason: string; lines: string[] };

/** Adds a name to the end of the list that a constant holds, and its import. No other byte changes. */
export function withListed(text: string, constant: string, listed: Imported): ListResult {
  const { bom, body } = withoutBom(text);
  const source = syntaxOf(body);
  const list = source
    .getVariableDeclaration(constant)
    ?.getInitializer()
    ?.asKind(SyntaxKind.ArrayLiteralExpression);
  if (list === undefined) {
    const lines = [importLine(body, listed), '', `// in ${constant}:`, `${listed.name},`];
    return { kind: 'paste', reason: `it has no array literal ${constant}`, lines };
  }
  const splices = [importSplice(body, source, listed), newElement(body, list, listed.name)];
  return { kind: 'edited', text: bom + splice(body, splices) };
}

/** After the last import of the same folder that sorts before it, else after the last relative import that does. */
function importSplice(body: string, source: SourceFile, listed: Imported): Splice {
  const end = lineEndOf(body);
  const line = importLine(body, listed);
  const all = source.getImportDeclarations();
  const folder = listed.specifier.split('/').slice(0, 2).join('/');
  const specifierOf = (declaration: ImportDeclaration): string => declaration.getModuleSpecifierValue();
  const earlier = all.filter((declaration) => {
    const specifier = specifierOf(declaration);
    return specifier.startsWith('./') && specifier < listed.specifier;
  });
  const before =
    earlier.findLast((declaration) => specifierOf(declaration).startsWith(`${folder}/`)) ??
    earlier.at(-1) ??
    all.at(-1);
  if (before === undefined) return { start: 0, end: 0, text: `${line}${end}${end}` };
  const at = before.getEnd() + trailingComment(body, before.getEnd()).length;
  return { start: at, end: at, text: end + line };
}
