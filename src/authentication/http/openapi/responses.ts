import type { Type } from '@nestjs/common';
import { ProblemView } from './problem.view.js';

type Header = 'Cache-Control' | 'Retry-After' | 'WWW-Authenticate' | 'X-Session-Token';

const HEADERS: Readonly<Record<Header, object>> = {
  'Cache-Control': { schema: { type: 'string', enum: ['no-store'] } },
  'Retry-After': {
    description: 'The number of seconds to wait before the next request.',
    schema: { type: 'integer', minimum: 1 },
  },
  'WWW-Authenticate': { schema: { type: 'string', enum: ['Bearer'] } },
  'X-Session-Token': {
    description: 'The token of the session. It is not shown again.',
    schema: { type: 'string', minLength: 43 },
  },
};

const HEADER_OF_CODE: Readonly<Record<string, Header>> = {
  authentication_required: 'WWW-Authenticate',
  too_many_requests: 'Retry-After',
  overloaded: 'Retry-After',
  unavailable: 'Retry-After',
};

const PROBLEM_TYPE = 'application/problem+json';

/** A success. */
export interface Answer {
  description: string;
  /** the class of the JSON body, or `[class]` for a list; unset: the answer has no JSON body */
  type?: Type | readonly [Type];
  /** whether the answer is a page, or a page for browsers and JSON for other clients */
  page?: boolean;
  /** whether `X-Session-Token` holds the token of a session */
  token?: boolean;
}

export interface ResponseDescription {
  description: string;
  headers?: Record<string, object>;
  content?: Record<string, { schema: object }>;
}

export function answerResponse({ description, type, page, token }: Answer): ResponseDescription {
  const content = {
    ...(type === undefined ? {} : { 'application/json': { schema: schemaOf(type) } }),
    ...(page === true ? { 'text/html': { schema: { type: 'string' } } } : {}),
  };
  return {
    description,
    headers: { ...header('Cache-Control'), ...(token === true ? header('X-Session-Token') : {}) },
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
}

/** Describes a failure with one of these codes: a problem (RFC 9457), or a page where a browser opens the route. */
export function problemResponse(codes: readonly string[], page = false, members = {}): ResponseDescription {
  const properties = { code: { type: 'string', enum: [...codes] }, ...members };
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    headers: { ...header('Cache-Control'), ...headerOf(codes) },
    content: {
      [PROBLEM_TYPE]: {
        schema: { allOf: [referenceTo(ProblemView), { type: 'object', properties }] },
      },
      ...(page ? { 'text/html': { schema: { type: 'string' } } } : {}),
    },
  };
}

/** The header that comes with some of these codes; required if it comes with all of them. */
function headerOf(codes: readonly string[]): Record<string, object> {
  const names = codes.map((code) => HEADER_OF_CODE[code]);
  const first = names.find((name) => name !== undefined);
  if (first === undefined) return {};
  const isOfAll = names.every((name) => name === first);
  return header(first, isOfAll);
}

/** The reverse of `problemResponse`. */
export function problemOf(response: ResponseDescription | undefined): {
  codes: readonly string[];
  members: object;
  page: boolean;
} {
  const schema = response?.content?.[PROBLEM_TYPE]?.schema as
    { allOf: [object, { properties: { code: { enum: string[] } } }] } | undefined;
  const { code, ...members } = schema?.allOf[1].properties ?? { code: { enum: [] } };
  return { codes: code.enum, members, page: response?.content?.['text/html'] !== undefined };
}

function header(name: Header, required = true): Record<string, object> {
  return { [name]: { ...HEADERS[name], required } };
}

function schemaOf(type: Type | readonly [Type]): object {
  if (typeof type === 'function') return referenceTo(type);
  return { type: 'array', items: referenceTo(type[0]) };
}

/** What `getSchemaPath` of @nestjs/swagger gives, without its package. */
function referenceTo({ name }: Type): object {
  return { $ref: `#/components/schemas/${name}` };
}
