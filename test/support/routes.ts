import type { OpenAPIObject } from '@nestjs/swagger';
import { authenticationDocument } from '../../src/authentication/http/openapi/document.js';
import { SECURITY_SCHEMES } from '../../src/authentication/http/openapi/security-schemes.js';
import type { TestApplication } from './application.js';

export interface Schema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly example?: unknown;
}

export interface Field {
  readonly name: string;
  readonly schema: Schema;
}

/** Who may call a route, as the document says it. `other`: with a token that is not a session's and has its own scheme. */
export type RouteCaller = 'nobody' | 'anybody' | 'session' | 'credential' | 'other';

/** A route of the OpenAPI document, whatever features there are. */
export interface Route {
  readonly name: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly caller: RouteCaller;
  /** whether its body is a form of our own pages */
  readonly isForm: boolean;
  readonly body: readonly Field[];
  readonly query: readonly Field[];
  readonly headers: readonly string[];
  /** names of the parts of its path that are ids */
  readonly ids: readonly string[];
  readonly statuses: readonly number[];
  /** codes of its failures, by status */
  readonly codes: (status: number) => readonly string[];
  /** names of the fields of its answer with this status */
  readonly answers: (status: number) => readonly string[];
}

interface Content {
  readonly schema?: object;
}

interface Operation {
  readonly security?: readonly object[];
  readonly parameters?: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>;
}

interface Described {
  readonly items?: object;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: Schema;
}

/** All routes of an application that its OpenAPI document describes. */
export function routesOf(app: TestApplication): Route[] {
  const document = authenticationDocument(app.nest, { info: { title: 'under test', version: '1' } });
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) =>
      routeOf(method as Route['method'], path, operation, document),
    ),
  );
}

/** @param ids for the path; 1 for each that is not given */
export function pathOf({ path }: Route, ids: Readonly<Record<string, string | number>> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => String(ids[name] ?? 1));
}

function routeOf(
  method: Route['method'],
  path: string,
  operation: Operation,
  document: OpenAPIObject,
): Route {
  const [type = '', content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const parameters = (operation.parameters ?? []).map(
    (parameter) => resolved(parameter, document) as Parameter,
  );
  const within = (place: string) => parameters.filter((parameter) => parameter.in === place);
  const codes = (status: number): string[] => codesOf(operation.responses[status]?.content);
  return {
    name: `${method.toUpperCase()} ${path}`,
    method,
    path,
    caller: callerOf(operation, codes),
    isForm: type.includes('form'),
    body: propertiesOf(content?.schema, document),
    query: within('query').map(({ name, schema = {} }) => ({ name, schema })),
    headers: within('header').map(({ name }) => name),
    ids: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    statuses: Object.keys(operation.responses).map(Number),
    codes,
    answers: (status) =>
      propertiesOf(operation.responses[status]?.content?.['application/json']?.schema, document).map(
        ({ name }) => name,
      ),
  };
}

function callerOf({ security = [] }: Operation, codes: (status: number) => string[]): RouteCaller {
  if (security.length === 0) return 'nobody';
  const schemes = security.flatMap((scheme) => Object.keys(scheme));
  if (schemes.some((scheme) => !(scheme in SECURITY_SCHEMES))) return 'other';
  if (security.some((scheme) => Object.keys(scheme).length === 0)) return 'anybody';
  return codes(403).includes('session_required') ? 'session' : 'credential';
}

/** The inverse of `problemResponse`. */
function codesOf(content: Readonly<Record<string, Content>> | undefined): string[] {
  const text = JSON.stringify(content?.['application/problem+json'] ?? {});
  const [, list = '""'] = /"code":\{"type":"string","enum":\[([^\]]*)\]/.exec(text) ?? [];
  return JSON.parse(`[${list}]`) as string[];
}

function propertiesOf(schema: object | undefined, document: OpenAPIObject): Field[] {
  if (schema === undefined) return [];
  const { items, properties = {} } = resolved(schema, document) as Described;
  if (items !== undefined) return propertiesOf(items, document);
  return Object.entries(properties).map(([name, property]) => ({ name, schema: property }));
}

function resolved(node: object, document: OpenAPIObject): object {
  const { $ref } = node as { $ref?: string };
  if ($ref === undefined) return node;
  const path = $ref.split('/').slice(1);
  return path.reduce<object>((at, key) => (at as Record<string, object>)[key] ?? {}, document);
}
