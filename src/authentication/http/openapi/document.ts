import type { INestApplication, Type } from '@nestjs/common';
import type { OpenAPIObject, SwaggerDocumentOptions } from '@nestjs/swagger';
import { loadedAnnotations } from '../../core/openapi/annotations.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { DEFAULTS } from '../../core/settings/defaults.js';
import { SETTINGS } from '../../core/settings/settings.js';
import { GUARDED } from './guarded.js';
import { problemOf, problemResponse, type ResponseDescription } from './responses.js';
import { SECURITY_SCHEMES } from './security-schemes.js';

/** The settings that change which fields routes take. */
export type DocumentSettings = Pick<AuthenticationSettings, 'concealAccounts'>;

/** How a feature changes the description of routes that are not its own: a static field of its module. */
export interface DocumentPart {
  readonly describe?: (document: OpenAPIObject, settings: DocumentSettings) => void;
}

const UNKNOWN: DocumentSettings = { concealAccounts: DEFAULTS.CONCEAL_ACCOUNTS };

export const DOCUMENT_PARTS = Symbol('document parts');

interface Property {
  type?: string | string[];
  nullable?: boolean;
}

interface Operation {
  operationId?: string;
  security?: object[];
  parameters?: object[];
  responses: Record<string, ResponseDescription>;
  [GUARDED]?: true;
}

/** A header that a request may have. */
interface RequestHeader {
  readonly name: string;
  readonly description: string;
  readonly schema: object;
}

/** Use it in place of `SwaggerModule.createDocument`: it adds what our features describe, and makes OpenAPI 3.1. */
export function authenticationDocument(
  application: INestApplication,
  config: Omit<OpenAPIObject, 'openapi' | 'paths'>,
  options: SwaggerDocumentOptions = {},
): OpenAPIObject {
  const { SwaggerModule } = loadedAnnotations();
  const document = SwaggerModule.createDocument(application, { openapi: '3.1.0', ...config }, options);
  document.components = {
    ...document.components,
    securitySchemes: { ...document.components?.securitySchemes, ...SECURITY_SCHEMES },
  };
  allowNull(document);
  const parts = application.get<readonly DocumentPart[]>(DOCUMENT_PARTS, { strict: false });
  // Without a started application, settings from a factory are not known.
  const settings = application.get<DocumentSettings | null>(SETTINGS, { strict: false }) ?? UNKNOWN;
  for (const { describe } of parts) describe?.(document, settings);
  for (const operation of operationsOf(document)) Reflect.deleteProperty(operation, GUARDED);
  return document;
}

/** Adds the fields of a class to a body. The class must be named in `@ApiExtraModels()` of some controller. */
export function addFields(
  { components }: OpenAPIObject,
  body: Type,
  fields: Type,
  except: readonly string[] = [],
): void {
  const schemas = components?.schemas as Record<string, { properties?: object; required?: string[] }>;
  const [to, from] = [schemas[body.name], schemas[fields.name]];
  if (to === undefined || from === undefined) return;
  const added = Object.entries(from.properties ?? {}).filter(([name]) => !except.includes(name));
  to.properties = { ...to.properties, ...Object.fromEntries(added) };
  to.required = [...(to.required ?? []), ...(from.required ?? [])];
}

/** Adds a request header to all of our operations. */
export function addHeader(document: OpenAPIObject, header: RequestHeader): void {
  const name = header.name.replace(/-/g, '');
  const parameters = { ...document.components?.parameters, [name]: { in: 'header' as const, ...header } };
  document.components = { ...document.components, parameters };
  for (const operation of operationsOf(document).filter(isOurs)) {
    operation.parameters = [...(operation.parameters ?? []), { $ref: `#/components/parameters/${name}` }];
  }
}

/**
 * Adds a code to the failures of the operations with these ids, of all of our operations, or of all sign-ins:
 * operations that start a session for a caller who is not signed in.
 */
export function addProblem(
  document: OpenAPIObject,
  operationIds: readonly string[] | 'all' | 'sign_ins',
  status: number,
  code: string,
  members: Readonly<Record<string, object>> = {},
): void {
  for (const operation of operationsOf(document)) {
    if (!isMeant(operation, operationIds)) continue;
    const { responses } = operation;
    const known = problemOf(responses[status]);
    const page = problemOf(responses[500]).page;
    responses[status] = problemResponse([...known.codes, code], page, { ...known.members, ...members });
  }
}

/** @nestjs/swagger 11 writes `nullable` of OpenAPI 3.0, which has no meaning in 3.1. */
function allowNull({ components }: OpenAPIObject): void {
  const schemas = Object.values(components?.schemas ?? {}) as { properties?: Record<string, Property> }[];
  for (const property of schemas.flatMap(({ properties = {} }) => Object.values(properties))) {
    if (property.nullable !== true || typeof property.type !== 'string') continue;
    property.type = [property.type, 'null'];
    delete property.nullable;
  }
}

function operationsOf({ paths }: OpenAPIObject): Operation[] {
  return Object.values(paths).flatMap((path) => Object.values(path) as Operation[]);
}

function isMeant(operation: Operation, wanted: readonly string[] | 'all' | 'sign_ins'): boolean {
  if (wanted === 'all') return isOurs(operation);
  if (wanted === 'sign_ins') return isOurs(operation) && isSignIn(operation);
  return wanted.includes(operation.operationId ?? '');
}

function isSignIn({ responses, security = [] }: Operation): boolean {
  return security.length === 0 && responses['201']?.headers?.['X-Session-Token'] !== undefined;
}

/** Operations of a host may be described in any way, so ours are known by the mark of the request guard. */
function isOurs(operation: Operation): boolean {
  return operation[GUARDED] === true;
}
