import { SyntaxKind, type ClassDeclaration, type Decorator } from 'ts-morph';
import { syntaxOf } from '../transforms/syntax.js';

export interface Route {
  method: string;
  path: string;
}

const METHODS = new Set(['Get', 'Post', 'Put', 'Patch', 'Delete', 'Head', 'Options', 'All']);
const CONTROLLERS = new Set(['Controller', 'AuthenticationController']);

/** The routes of the controllers in a source text, without paths that are not literals: these are known at run time. */
export function routesOf(text: string): Route[] {
  if (!text.includes('Controller')) return [];
  return syntaxOf(text).getClasses().flatMap(routesOfClass);
}

/** Routes of ours, below the route prefix of the project; '' for none. */
export function withPrefix(routes: readonly Route[], prefix: string): Route[] {
  return prefix === ''
    ? [...routes]
    : routes.map(({ method, path }) => ({ method, path: `/${prefix}${path}` }));
}

/** The routes of the first list that the second list has, too. */
export function clashes(ours: readonly Route[], theirs: readonly Route[]): Route[] {
  const taken = new Set(theirs.flatMap(({ method, path }) => [`${method} ${shapeOf(path)}`]));
  return ours.filter(
    ({ method, path }) => taken.has(`${method} ${shapeOf(path)}`) || taken.has(`ALL ${shapeOf(path)}`),
  );
}

function routesOfClass(declaration: ClassDeclaration): Route[] {
  const controller = declaration.getDecorators().find((decorator) => CONTROLLERS.has(decorator.getName()));
  if (controller === undefined) return [];
  const bases = pathsOf(controller);
  return declaration.getMethods().flatMap((method) =>
    method
      .getDecorators()
      .filter((decorator) => METHODS.has(decorator.getName()))
      .flatMap((decorator) =>
        bases.flatMap((base) =>
          pathsOf(decorator).map((path) => ({
            method: decorator.getName().toUpperCase(),
            path: joined(base, path),
          })),
        ),
      ),
  );
}

/** `@Get()`, `@Get('path')`, `@Get(['one', 'two'])`, `@Controller({ path: 'path' })`. */
function pathsOf(decorator: Decorator): string[] {
  const [argument] = decorator.getArguments();
  if (argument === undefined) return [''];
  const value =
    argument
      .asKind(SyntaxKind.ObjectLiteralExpression)
      ?.getProperty('path')
      ?.asKind(SyntaxKind.PropertyAssignment)
      ?.getInitializer() ?? argument;
  const items = value.asKind(SyntaxKind.ArrayLiteralExpression)?.getElements() ?? [value];
  return items.flatMap((item) => {
    const literal =
      item.asKind(SyntaxKind.StringLiteral) ?? item.asKind(SyntaxKind.NoSubstitutionTemplateLiteral);
    return literal === undefined ? [] : [literal.getLiteralText()];
  });
}

function joined(...parts: string[]): string {
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`;
}

/** A path without the names of its parameters, which make no difference. */
function shapeOf(path: string): string {
  return path.toLowerCase().replace(/:[^/]+/g, ':');
}
