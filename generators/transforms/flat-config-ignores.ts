import { SyntaxKind, type ArrayLiteralExpression, type CallExpression, type Expression } from 'ts-morph';
import { indentAt, trailingComment } from './insert.js';
import { isIgnored } from './ignore-patterns.js';
import { syntaxOf, withoutBom } from './syntax.js';
import { lineEndOf, splice, type Splice } from './text.js';

export type IgnoresResult =
  | { kind: 'edited' | 'unchanged'; text: string }
  /** the list of configurations was not found in the syntax tree, so a person has to insert the line */
  | { kind: 'paste'; reason: string };

/** A list of configurations: an array, or the arguments of a function that takes them. */
type List = ArrayLiteralExpression | CallExpression;

/** `defineConfig(…)` of ESLint, and `tseslint.config(…)` or `config(…)` of typescript-eslint. */
const TAKES_CONFIGURATIONS = /^(?:defineConfig|(?:\w+\.)?config)$/;

/** Adds a configuration that ignores these files to an eslint.config file, as the first one. No other byte changes. */
export function withFlatConfigIgnores(text: string, patterns: readonly string[]): IgnoresResult {
  const { bom, body } = withoutBom(text);
  const list = listOf(exportedFrom(body));
  if (typeof list === 'string') return { kind: 'paste', reason: list };
  const there = elementsOf(list).flatMap(globalIgnores);
  const missing = patterns.filter((pattern) => !isIgnored(pattern, there));
  if (missing.length === 0) return { kind: 'unchanged', text };
  return {
    kind: 'edited',
    text: bom + splice(body, [firstElement(body, list, flatConfigEntry(missing, quote(body)))]),
  };
}

/** The configuration that ignores these files. */
export function flatConfigEntry(patterns: readonly string[], quoted = "'"): string {
  return `{ ignores: [${patterns.map((pattern) => quoted + pattern + quoted).join(', ')}] }`;
}

function quote(body: string): string {
  const count = (character: string): number => body.split(character).length;
  return count('"') > count("'") ? '"' : "'";
}

/** The value of `export default …`, `export = …` or `module.exports = …`. */
function exportedFrom(body: string): Expression | undefined {
  const source = syntaxOf(body);
  const assigned = source
    .getStatements()
    .map((statement) => statement.asKind(SyntaxKind.ExpressionStatement)?.getExpression())
    .map((expression) => expression?.asKind(SyntaxKind.BinaryExpression))
    .find((assignment) => assignment?.getLeft().getText() === 'module.exports');
  return source.getExportAssignments()[0]?.getExpression() ?? assigned?.getRight();
}

/** The list that an expression stands for, or the reason why none was found. */
function listOf(expression: Expression | undefined): List | string {
  if (expression === undefined) return 'it exports nothing that was understood';
  const inner =
    expression.asKind(SyntaxKind.ParenthesizedExpression) ??
    expression.asKind(SyntaxKind.AsExpression) ??
    expression.asKind(SyntaxKind.SatisfiesExpression);
  if (inner !== undefined) return listOf(inner.getExpression());
  const array = expression.asKind(SyntaxKind.ArrayLiteralExpression);
  if (array !== undefined) return array;
  const variable = expression.asKind(SyntaxKind.Identifier)?.getText();
  if (variable !== undefined) {
    const value = expression.getSourceFile().getVariableDeclaration(variable)?.getInitializer();
    return value === undefined ? `the value of ${variable} is not in it` : listOf(value);
  }
  const call = expression.asKind(SyntaxKind.CallExpression);
  if (call === undefined || !TAKES_CONFIGURATIONS.test(call.getExpression().getText()))
    return 'what it exports is not a list of configurations';
  const [only, second] = call.getArguments();
  return (second === undefined ? only?.asKind(SyntaxKind.ArrayLiteralExpression) : undefined) ?? call;
}

function elementsOf(list: List): Expression[] {
  return (list.isKind(SyntaxKind.CallExpression) ? list.getArguments() : list.getElements()) as Expression[];
}

/** The patterns of `{ ignores: […] }` and of `globalIgnores([…])`. With `files` beside it, `ignores` is not for all files. */
function globalIgnores(element: Expression): string[] {
  const properties = element.asKind(SyntaxKind.ObjectLiteralExpression)?.getProperties() ?? [];
  const assignments = properties.map((property) => property.asKind(SyntaxKind.PropertyAssignment));
  const isGlobal = assignments.every((each) => each?.getName() === 'ignores' || each?.getName() === 'name');
  const call = element.asKind(SyntaxKind.CallExpression);
  const list =
    call?.getExpression().getText() === 'globalIgnores'
      ? call.getArguments()[0]
      : assignments.find((each) => isGlobal && each?.getName() === 'ignores')?.getInitializer();
  const patterns = list?.asKind(SyntaxKind.ArrayLiteralExpression)?.getElements() ?? [];
  return patterns.flatMap((pattern) => pattern.asKind(SyntaxKind.StringLiteral)?.getLiteralText() ?? []);
}

function firstElement(body: string, list: List, text: string): Splice {
  const isCall = list.isKind(SyntaxKind.CallExpression);
  const open = list.getFirstChildByKindOrThrow(
    isCall ? SyntaxKind.OpenParenToken : SyntaxKind.OpenBracketToken,
  );
  const first = elementsOf(list)[0];
  const after = open.getEnd();
  if (first === undefined) return { start: after, end: after, text };
  if (!body.slice(after, first.getStart()).includes('\n'))
    return { start: after, end: after, text: `${text}, ` };
  const at = after + trailingComment(body, after).length;
  const line = `${lineEndOf(body)}${indentAt(body, first.getStart())}${text},`;
  return { start: at, end: at, text: line };
}
