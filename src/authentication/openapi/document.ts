import type { INestApplication, Type } from '@nestjs/common';
import { SwaggerModule, type OpenAPIObject, type SwaggerDocumentOptions } from '@nestjs/swagger';
import { problemOf, problemResponse, type ResponseDescription } from './responses.js';
import { SECURITY_SCHEMES } from './security-schemes.js';

/** What a feature changes in the description of others' routes: a static field on its module. */
export interface DocumentPart {
  readonly describe?: (document: OpenAPIObject) => void;
}

export const DOCUMENT_PARTS = Symbol('document parts');

interface Property {
  type?: string | string[];
  nullable?: boolean;
}

interface Operation {
  operationId?: string;
  responses: Record<string, ResponseDescription>;
}

/** Instead of `SwaggerModule.createDocument`: the same, with what our features add, as OpenAPI 3.1. */
export function authenticationDocument(
  application: INestApplication,
  config: Omit<OpenAPIObject, 'openapi' | 'paths'>,
  options: SwaggerDocumentOptions = {},
): OpenAPIObject {
  const document = SwaggerModule.createDocument(application, { openapi: '3.1.0', ...config }, options);
  document.components = {
    ...document.components,
    securitySchemes: { ...document.components?.securitySchemes, ...SECURITY_SCHEMES },
  };
  allowNull(document);
  const parts = application.get<readonly DocumentPart[]>(DOCUMENT_PARTS, { strict: false });
  for (const { describe } of parts) describe?.(document);
  return document;
}

/** Adds the fields of a class to a body. Name the class with `@ApiExtraModels()` on a controller. */
export function addFields({ components }: OpenAPIObject, body: Type, fields: Type): void {
  const schemas = components?.schemas as Record<string, { properties?: object; required?: string[] }>;
  const [to, from] = [schemas[body.name], schemas[fields.name]];
  if (to === undefined || from === undefined) return;
  to.properties = { ...to.properties, ...from.properties };
  to.required = [...(to.required ?? []), ...(from.required ?? [])];
}

/** Adds a code to the failures of the operations with these ids, or of all that are ours. */
export function addProblem(
  { paths }: OpenAPIObject,
  operationIds: readonly string[] | 'all',
  status: number,
  code: string,
  members: Readonly<Record<string, object>> = {},
): void {
  const operations = Object.values(paths).flatMap((path) => Object.values(path) as Operation[]);
  for (const { operationId, responses } of operations) {
    const isMeant = operationIds === 'all' ? isOurs(responses) : operationIds.includes(operationId ?? '');
    if (!isMeant) continue;
    const known = problemOf(responses[status]);
    const page = problemOf(responses[500]).page;
    responses[status] = problemResponse([...known.codes, code], page, { ...known.members, ...members });
  }
}

/** @nestjs/swagger 11 leaves the `nullable` of OpenAPI 3.0, which says nothing in 3.1. */
function allowNull({ components }: OpenAPIObject): void {
  const schemas = Object.values(components?.schemas ?? {}) as { properties?: Record<string, Property> }[];
  for (const property of schemas.flatMap(({ properties = {} }) => Object.values(properties))) {
    if (property.nullable !== true || typeof property.type !== 'string') continue;
    property.type = [property.type, 'null'];
    delete property.nullable;
  }
}

function isOurs(responses: Operation['responses']): boolean {
  return problemOf(responses[500]).codes.includes('internal_error');
}
