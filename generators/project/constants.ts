import { SyntaxKind, VariableDeclarationKind, type Expression, type Node } from 'ts-morph';
import type { Source, Sources } from './sources.js';

/** How many names are followed: a constant may be another constant. */
const MOST_STEPS = 8;

/** The text that an expression has whatever the environment is, or null: a literal, or a constant of the project. */
export function constantText(
  sources: Sources,
  file: Source,
  expression: Node | undefined,
  steps = MOST_STEPS,
): string | null {
  if (expression === undefined || steps === 0) return null;
  const text = (node: Node | undefined): string | null => constantText(sources, file, node, steps - 1);
  const literal =
    expression.asKind(SyntaxKind.StringLiteral) ??
    expression.asKind(SyntaxKind.NoSubstitutionTemplateLiteral);
  if (literal !== undefined) return literal.getLiteralText();
  const wrapped =
    expression.asKind(SyntaxKind.AsExpression) ?? expression.asKind(SyntaxKind.ParenthesizedExpression);
  if (wrapped !== undefined) return text(wrapped.getExpression());
  const template = expression.asKind(SyntaxKind.TemplateExpression);
  if (template !== undefined) {
    const spans = template.getTemplateSpans();
    const values = spans.map((span) => text(span.getExpression()));
    if (values.includes(null)) return null;
    const ends = spans.map((span) => span.getLiteral().getLiteralText());
    return template.getHead().getLiteralText() + values.map((value, at) => `${value}${ends[at]}`).join('');
  }
  const found = definitionOf(sources, file, expression, steps - 1);
  return found === null ? null : constantText(sources, found.file, found.value, steps - 1);
}

interface Definition {
  file: Source;
  value: Node;
}

/** What `NAME` or `NAME.member` stands for: a constant, a member of a constant object, or of an enum. */
function definitionOf(sources: Sources, file: Source, node: Node, steps: number): Definition | null {
  if (steps <= 0) return null;
  const name = node.asKind(SyntaxKind.Identifier)?.getText();
  if (name !== undefined) return namedDefinition(sources, file, name, steps);
  const access = node.asKind(SyntaxKind.PropertyAccessExpression);
  const owner = access === undefined ? null : definitionOf(sources, file, access.getExpression(), steps - 1);
  if (access === undefined || owner === null) return null;
  const value = memberOf(owner.value, access.getName());
  return value === undefined ? null : { file: owner.file, value };
}

function namedDefinition(sources: Sources, file: Source, name: string, steps: number): Definition | null {
  const tree = sources.syntax(file);
  const constant = tree
    .getVariableStatements()
    .concat(tree.getDescendantsOfKind(SyntaxKind.VariableStatement))
    .filter((statement) => statement.getDeclarationKind() === VariableDeclarationKind.Const)
    .flatMap((statement) => statement.getDeclarations())
    .find((declaration) => declaration.getName() === name)
    ?.getInitializer();
  const value: Node | undefined = constant ?? tree.getEnum(name);
  if (value !== undefined) return { file, value };
  for (const declaration of tree.getImportDeclarations()) {
    const named = declaration
      .getNamedImports()
      .find((each) => (each.getAliasNode()?.getText() ?? each.getName()) === name);
    if (named === undefined) continue;
    const from = sources.imported(file.path, declaration.getModuleSpecifierValue());
    return from === null ? null : namedDefinition(sources, from, named.getName(), steps - 1);
  }
  return null;
}

function memberOf(value: Node, name: string): Expression | undefined {
  const plain = value.asKind(SyntaxKind.AsExpression)?.getExpression() ?? value;
  const property = plain
    .asKind(SyntaxKind.ObjectLiteralExpression)
    ?.getProperty(name)
    ?.asKind(SyntaxKind.PropertyAssignment);
  return (
    property?.getInitializer() ?? value.asKind(SyntaxKind.EnumDeclaration)?.getMember(name)?.getInitializer()
  );
}
