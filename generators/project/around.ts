import { SyntaxKind, type Node } from 'ts-morph';
import { constantText } from './constants.js';
import { publicMarkOf, type PublicMark } from './public-mark.js';
import type { Source, Sources } from './sources.js';

/** A guard, an interceptor, a pipe or a filter that runs on every route, and the file that declares it. */
export interface Everywhere {
  name: string;
  /** null: it is not in the project's source */
  path: string | null;
}

/** What the application does to every request and every answer. */
export interface Around {
  versioning: { type: string; defaultVersion: string | null } | null;
  interceptors: readonly Everywhere[];
  guards: readonly Everywhere[];
  publicMark: PublicMark | null;
  pipes: readonly Everywhere[];
  filters: readonly Everywhere[];
  /** the package that refuses requests without a CSRF token */
  csrf: string | null;
  helmet: boolean;
  cookies: boolean;
  views: boolean;
  trustsProxies: boolean;
  swagger: boolean;
  /** the limits of @nestjs/throttler on every route */
  throttler: boolean;
}

const CSRF = ['csurf', 'csrf-csrf', 'csrf-sync', 'lusca', 'tiny-csrf', '@fastify/csrf-protection'];
const HELMET = ['helmet', '@fastify/helmet'];
const COOKIES = ['cookie-parser', '@fastify/cookie'];
/** The base of limits of @nestjs/throttler; many hosts derive their own guard from it. */
const THROTTLER = 'ThrottlerGuard';

export function aroundOf(sources: Sources): Around {
  const guards = everywhere(sources, 'APP_GUARD', 'useGlobalGuards');
  const others = guards.filter((guard) => !isThrottler(sources, guard));
  const imports = (names: readonly string[]): string | undefined =>
    names.find((name) => sources.with(`'${name}'`, `"${name}"`).length > 0);
  return {
    versioning: versioningOf(sources),
    interceptors: everywhere(sources, 'APP_INTERCEPTOR', 'useGlobalInterceptors'),
    guards: others,
    publicMark: others.length === 0 ? null : publicMarkOf(sources, others),
    pipes: everywhere(sources, 'APP_PIPE', 'useGlobalPipes'),
    filters: everywhere(sources, 'APP_FILTER', 'useGlobalFilters'),
    csrf: imports(CSRF) ?? null,
    helmet: imports(HELMET) !== undefined,
    cookies: imports(COOKIES) !== undefined,
    views: sources.with('setViewEngine').length > 0,
    trustsProxies: sources.with('trust proxy', 'trustProxy').length > 0,
    swagger: sources.with('SwaggerModule.createDocument').length > 0,
    throttler: others.length < guards.length,
  };
}

/** Those that a module provides as `token`, and those that are passed to `method` of the application. */
function everywhere(sources: Sources, token: string, method: string): Everywhere[] {
  const names = sources.with(token, method).flatMap((file) => {
    const tree = sources.syntax(file);
    const provided = tree
      .getDescendantsOfKind(SyntaxKind.ObjectLiteralExpression)
      .filter((literal) => property(literal, 'provide')?.getText() === token)
      .map((literal) => className(property(literal, 'useClass') ?? property(literal, 'useExisting')));
    const used = tree
      .getDescendantsOfKind(SyntaxKind.CallExpression)
      .filter((call) => call.getExpression().getText().endsWith(`.${method}`))
      .flatMap((call) => call.getArguments().map(className));
    return [...provided, ...used];
  });
  return [...new Set(names)].map((name) => ({ name, path: declaring(sources, name)?.path ?? null }));
}

function property(literal: Node, name: string): Node | undefined {
  return literal
    .asKind(SyntaxKind.ObjectLiteralExpression)
    ?.getProperty(name)
    ?.asKind(SyntaxKind.PropertyAssignment)
    ?.getInitializer();
}

/** `Name`, `new Name(…)` and `app.get(Name)`; a factory has no name. */
function className(node: Node | undefined): string {
  const made = node?.asKind(SyntaxKind.NewExpression)?.getExpression();
  const got = node?.asKind(SyntaxKind.CallExpression)?.getArguments()[0];
  const name = (made ?? got ?? node)?.getText() ?? '';
  return /^[A-Za-z_$][\w$.]*$/.test(name) ? name : 'of a factory';
}

function declaring(sources: Sources, name: string): Source | undefined {
  return sources.with(`class ${name}`).find((file) => sources.syntax(file).getClass(name) !== undefined);
}

function isThrottler(sources: Sources, { name }: Everywhere): boolean {
  const file = declaring(sources, name);
  const base = file === undefined ? undefined : sources.syntax(file).getClass(name)?.getExtends()?.getText();
  return name === THROTTLER || base === THROTTLER;
}

function versioningOf(sources: Sources): Around['versioning'] {
  for (const file of sources.with('enableVersioning')) {
    const call = sources
      .syntax(file)
      .getDescendantsOfKind(SyntaxKind.CallExpression)
      .find((each) => each.getExpression().getText().endsWith('.enableVersioning'));
    if (call === undefined) continue;
    const [options] = call.getArguments();
    const type = options === undefined ? undefined : property(options, 'type')?.getText().split('.').at(-1);
    const given = options === undefined ? undefined : property(options, 'defaultVersion');
    const version = given === undefined ? null : (constantText(sources, file, given) ?? given.getText());
    return { type: type ?? 'URI', defaultVersion: version };
  }
  return null;
}
